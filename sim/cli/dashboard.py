"""`brink dashboard`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.errors import BrinkError

ENTRY = Path(__file__).parents[2] / "dashboards" / "app.py"


def dashboard(port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8501,
              address: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.")]
              = "127.0.0.1",
              library: Annotated[Path, typer.Option(help="Folder with the runs and comparisons that the dashboard shows.")]
              = Path("runs"),
              browser: Annotated[bool, typer.Option(help="Open a browser.")] = True) -> None:
    """Open the dashboard in a browser, on this machine unless told otherwise."""
    if library.exists() and not library.is_dir():
        raise BrinkError(f"{library}: is not a folder")
    command = [sys.executable, "-m", "streamlit", "run", str(ENTRY), f"--server.port={port}",
               f"--server.address={address}", f"--server.headless={str(not browser).lower()}"]
    if address != "127.0.0.1":
        command.append("--server.allowedHosts=*")  # by which name others reach this machine is theirs to know
    process = subprocess.Popen(command, env={**os.environ, "BRINK_LIBRARY": str(library.absolute())})
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())  # whoever stops this command wants the server stopped
    try:
        code = process.wait()
    except KeyboardInterrupt:
        code = process.wait()
    raise typer.Exit(code if code > 0 else 0)
