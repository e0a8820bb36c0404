"""A kind of event in words, with who does it."""

from __future__ import annotations

from sim.model import registry


def tell_event(name: str) -> str:
    """A kind of event in words with who does it, "Israel: sends word ..."; its own name if this model does not know it."""
    known = registry.events().get(name)
    return f"{registry.called(name)}: {registry.within(known.declaration.meaning)}" if known else name
