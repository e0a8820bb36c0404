"""The fingerprint of the model follows what it does, not what is said of it."""

from __future__ import annotations

import pytest

from sim.ensemble.fingerprint import decisive, fingerprint

SOURCE = '''"""Israel."""

from sim.model.entities import Actor, Card, turn


class Israel(Actor):
    """Fears."""

    card = Card("Israel", "#1f93b8", "israel", (750, 110))

    strike_rate = rate(0.01, 1.8, "strikes", "L053", short="its own rate")
    """A note."""

    @action(rate="strike_rate", story=turn("strikes"))
    def strike(self):
        """Strikes."""
        return self.by_urge * self.urge  # a comment
'''


@pytest.mark.parametrize(("old", "new"), [
    ('"""Israel."""', '"""The State of Israel."""'),
    ('    """Fears."""', '    """Fears the rebuild."""'), ("#1f93b8", "#000000"),
    ("its own rate", "its rate"), ('story=turn("strikes")', "story=aside()"), ("  # a comment", ""), ("A note", "A word"),
    ("Actor, Card, turn", "Actor, Card, aside"), ("self.by_urge * self.urge", "(self.by_urge\n                * self.urge)"),
])
def test_words_and_layout_do_not_count(old, new):
    assert old in SOURCE
    assert decisive(SOURCE.replace(old, new)) == decisive(SOURCE)


@pytest.mark.parametrize(("old", "new"), [
    ("0.01", "0.02"), ("self.by_urge * self.urge", "self.urge * self.by_urge"), ('rate="strike_rate"', 'rate="other_rate"'),
    ("def strike", "def strikes"), ("class Israel(Actor)", "class Israel(Arena)"),
])
def test_what_decides_counts(old, new):
    assert decisive(SOURCE.replace(old, new)) != decisive(SOURCE)


def test_other_files_count_where_they_are_named():
    assert fingerprint() == fingerprint() != fingerprint("ensemble/recorder.py")
    assert len(fingerprint()) == 16
