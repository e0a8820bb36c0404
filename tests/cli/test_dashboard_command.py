"""`brink dashboard`: which names it answers to, below which path, and what it refuses, without a server."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from sim.cli import app, dashboard


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command; the options that the server would get, or the result if it gets none."""
    seen: list[list[str]] = []
    monkeypatch.setattr(dashboard, "_served", lambda command, library: seen.append(command) or 0)
    monkeypatch.setattr(dashboard, "_own", lambda address: [] if address in dashboard.HERE else ["lab-7", "192.168.1.5"])

    def asked(*options: str) -> Any:
        seen.clear()
        result = CliRunner().invoke(app, ["dashboard", *options])
        return [one for one in seen[0] if one.startswith("--")] if seen else result
    return asked


def names(options: list[str]) -> list[str]:
    return [one.partition("=")[2] for one in options if one.startswith("--server.allowedHosts=")]


@pytest.mark.parametrize(("options", "more"), [
    ((), []),
    (("--address", "localhost"), []),
    (("--host", "dash.example.org"), ["dash.example.org"]),
    (("--host", "a.example", "--host", "10.0.0.3", "--host", "fe80::1"), ["a.example", "10.0.0.3", "fe80::1"]),
    (("--address", "0.0.0.0"), ["lab-7", "192.168.1.5"]),
    (("--address", "0.0.0.0", "--host", "class.example"), ["lab-7", "192.168.1.5", "class.example"])])
def test_it_answers_to_the_names_that_are_given_and_to_no_other(served, options, more):
    assert names(served(*options)) == [*dashboard.HERE, *more]


def test_only_an_option_of_that_name_switches_the_check_off(served):
    assert names(served("--any-host", "--address", "0.0.0.0")) == ["*"]


def test_a_name_is_that_of_a_proxy_as_well(served):
    options = served("--host", "dash.example.org", "--base-path", "/lab/brink/")
    assert "--server.corsAllowedOrigins=https://dash.example.org" in options
    assert "--server.baseUrlPath=lab/brink" in options


@pytest.mark.parametrize("options", [
    ("--host", "https://dash.example.org"), ("--host", "dash.example.org:8443"), ("--host", "*"), ("--host", ""),
    ("--host", "a/b"), ("--host", "a b"), ("--host", "x" * 300), ("--host", "-x"), ("--address", "unix:///tmp/x"),
    ("--base-path", "/a/../b"), ("--base-path", "a b"), ("--base-path", "//evil.example/x?"), ("--base-path", "/a//b"),
    ("--library", __file__)])
def test_anything_else_is_one_line(served, options):
    result = served(*options)
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1 and len(result.output) < 250


def test_the_names_of_this_machine_are_found_without_asking_another(monkeypatch):
    def asked(*_: object) -> None:
        raise AssertionError("a name was looked up")
    for lookup in ("getaddrinfo", "gethostbyname", "getfqdn", "gethostbyaddr"):
        monkeypatch.setattr(dashboard.socket, lookup, asked)
    found = dashboard._own("0.0.0.0")
    assert found[0] == dashboard.socket.gethostname() and all(map(dashboard.NAME.fullmatch, found))
    assert dashboard._own("192.168.1.5") == ["192.168.1.5"]
