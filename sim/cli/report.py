"""`brink report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(path: Annotated[Path, typer.Argument(help="The directory of a run or of a comparison.")],
           out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write the page; else report.html in that "
                                                    "directory.")] = None) -> None:
    """Tell a run or a comparison in one HTML file that opens without a network and prints."""
    from sim.ensemble.files import write_text
    from sim.report.html import files

    place = None if out is None else files.checked(out)
    told = files.report_of(path)
    typer.echo(write_text(place or files.checked(path / files.NAME), told))
