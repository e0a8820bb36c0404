"""Colours of charts by theme: on a dark background, those with too little contrast are lightened."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from sim.model import palette
from sim.report.figures import look
from sim.report.html.colours import SHAPE, legible

INKS = {"light": ("#141416", "#ffffff"), "dark": ("#eceef1", "#14171c")}
"""The colours of text and background of charts by theme, as `.streamlit/config.toml` sets them."""

ON_DARK = {colour: legible(colour, INKS["dark"][1], SHAPE)
           for colour in {*look.ACTORS.values(), *palette.INKS.values(), look.GREY, look.INK, look.RISES, look.FALLS}}
"""Each colour of the charts as it is on a dark background."""


def theme() -> str:
    """The theme of the page, "light" or "dark"."""
    return st.context.theme.type or "light"


def ink() -> tuple[str, str]:
    """The colours of text and background of a chart."""
    return INKS[theme()]


def css(colour: str) -> str:
    """A colour for a style sheet, for both themes."""
    return f"light-dark({colour}, {ON_DARK.get(colour, colour)})"


def on_paper(value: Any) -> Any:
    """A specification of a chart, or its data, in the colours of the theme."""
    if theme() == "light":
        return value
    if isinstance(value, dict):
        return {key: on_paper(item) for key, item in value.items()}
    if isinstance(value, list):
        return [on_paper(item) for item in value]
    if isinstance(value, pd.DataFrame):
        return value.assign(colour=value["colour"].replace(ON_DARK)) if "colour" in value else value
    return ON_DARK.get(value, value) if isinstance(value, str) else value
