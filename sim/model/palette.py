"""Inks of outcomes and codes: one for each meaning, in every picture, page and table.

Each stands out from white and from the dark papers by 3:1 (WCAG 2.2, for shapes). They were chosen around the schemes of Tol
(2021); the inks of Okabe and Ito (2008) are those of the actors. Of the greens none stands for a war.
"""

from __future__ import annotations

CRIMSON, MAGENTA, PLUM, ROSE, BRICK = "#cc3311", "#ee3377", "#aa4499", "#d07aa0", "#bf5a63"
TANGERINE, AMBER, OCHRE, UMBER, KHAKI = "#e8601c", "#c27c1a", "#a07800", "#9a6240", "#8a7a55"
LEAF, OLIVE, SAGE, PINE, TEAL = "#4a8a1c", "#7a8f1f", "#5fa06a", "#2f7f5f", "#009988"
LAGOON, CORNFLOWER, COBALT, INDIGO, LAVENDER, MAUVE = "#1f8aa6", "#4a97d8", "#1c6bba", "#5d5fc6", "#9272d8", "#b0708c"
SLATE, SILVER, GREY = "#6d7f8f", "#8a8f98", "#6b6b6b"

INKS = {name: ink for name, ink in dict(vars()).items() if name.isupper()}
"""All of them, by name."""
