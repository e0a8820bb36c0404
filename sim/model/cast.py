"""Who is on stage: every actor and arena can call the others by key, `self.war.tension`.

Types of it stand in `cast.pyi`, which `brink docs` makes from `Crisis.states`; nothing here knows of any actor.
"""

from __future__ import annotations

from sim.engine import State


class Cast:
    """Whatever has the actors and arenas as attributes, each under its key."""


class Member(Cast, State):
    """An actor or arena, or a component of one. Bare annotations of a component are what it needs of its owner."""
