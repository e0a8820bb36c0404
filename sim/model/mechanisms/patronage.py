"""Will a partner fight for its sponsor? Delegation with agency loss.

Salehyan, Gleditsch and Cunningham 2011; Byman and Kreps 2010. In June 2025 none did: the regime was not at stake.
"""

from __future__ import annotations

from sim.engine.types import Array


def willingness(stake: Array, capability: Array, loyalty: Array, burden: Array, *, by_stake: Array,
                by_capability: Array,
                by_loyalty: Array, by_burden: Array) -> Array:
    """Sum of the terms of a partner's log-odds of entering its sponsor's war, a day."""
    return by_stake * stake + by_capability * capability + by_loyalty * loyalty - by_burden * burden
