"""`brink dashboard`: all of it as pages in a browser, on this machine or for others."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.errors import BrinkError, for_all
from sim.words import say

PAGES = Path(__file__).parents[2] / "dashboards"

HERE, EVERYWHERE = ("127.0.0.1", "localhost", "::1"), ("0.0.0.0", "::")
"""Names of this machine that only it uses, and addresses that stand for all that it has."""

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
"""A host name, or an address."""

STEP = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9_.~-]*")
"""A part of a path."""


def dashboard(port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8501,
              address: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in. There is no "
                                                   "password: see docs/how-to/serve.md.")] = HERE[0],
              host: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A name by which browsers reach it, like "
                                                             "that of a proxy. Can be repeated.")] = None,
              any_host: Annotated[bool, typer.Option("--any-host", help="Answer to every name, without the check that keeps "
                                                     "other sites' pages out.")] = False,
              base_path: Annotated[str, typer.Option(metavar="/PATH", help="Path below which a proxy serves it.")] = "",
              library: Annotated[Path, typer.Option(help="Folder with the runs and comparisons that the dashboard shows.")]
              = Path("runs"),
              browser: Annotated[bool, typer.Option(help="Open a browser.")] = True) -> None:
    """Open the dashboard in a browser, on this machine unless --address says otherwise."""
    if library.exists() and not library.is_dir():
        raise BrinkError(f"{library}: is not a folder")
    given = for_all(host or [], _name)
    names = list(dict.fromkeys((*HERE, *_own(_name(address)), *given)))
    options: dict[str, list[str]] = {
        "server.port": [str(port)], "server.address": [address], "server.headless": [str(not browser).lower()],
        "server.baseUrlPath": [_path(base_path)], "server.allowedHosts": ["*"] if any_host else names,
        "server.corsAllowedOrigins": [f"https://[{name}]" if ":" in name else f"https://{name}" for name in given]}
    command = [sys.executable, str(PAGES / "serve.py"), "run", str(PAGES / "app.py"),
               *(f"--{key}={value}" for key, values in options.items() for value in values)]
    if len(names) > len(HERE) and not any_host:
        say(f"It answers to {', '.join(names)} (--host NAME for another); without a password, to all who reach it.", err=True)
    raise typer.Exit(_served(command, library))


def _served(command: list[str], library: Path) -> int:
    """The exit code of a server, when it ends."""
    process = subprocess.Popen(command, env={**os.environ, "BRINK_LIBRARY": str(library.absolute())})
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())  # whoever stops this command wants the server stopped
    try:
        code = process.wait()
    except KeyboardInterrupt:
        code = process.wait()
    return max(code, 0)


def _name(text: str) -> str:
    """A host name or an address as it was given. Raises BrinkError for anything else."""
    if len(text) > 253 or not NAME.fullmatch(text):
        raise BrinkError(f"{text[:60]!r} is not a host name or an address; it should be like dash.example.org, without "
                         "https:// and without a port")
    return text


def _path(text: str) -> str:
    """A path without slashes around it. Raises BrinkError if it is none."""
    inside = text.strip("/")
    if inside and not all(STEP.fullmatch(step) for step in inside.split("/")):
        raise BrinkError(f"--base-path {text[:60]!r} is not a path; it should be like /brink")
    return inside


def _own(address: str) -> list[str]:
    """Names by which others reach what listens on this address, found without asking another machine."""
    if address not in EVERYWHERE:
        return [address]
    found = [socket.gethostname()]
    for family, elsewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as line:
                line.connect((elsewhere, 9))  # sends nothing: the system only says from which address it would
                found.append(line.getsockname()[0])
        except OSError:
            continue
    return [name for name in found if NAME.fullmatch(name)]
