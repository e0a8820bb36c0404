"""What reaches a terminal: one door for all text, signs that any code page can have, rows that fit, and Ctrl-C."""

import ast
import codecs
import io
import os
import pty
import re
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from encodings.aliases import aliases
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sim.__main__ import _delicate
from sim.analysis.explain.fork import LONGEST_TAG
from sim.analysis.explain.necessity import MOST_FUTURES
from sim.cli import app
from sim.engine import LONGEST
from sim.ensemble.files import csv_text
from sim.ensemble.run import MOST_WORLDS
from sim.report.text import tables
from sim.words import CONTROLS, let_all_signs_through, say

ROOT = Path(__file__).parents[2]
SMALL = ("--worlds", "8", "--days", "5")
HOSTILE = "\x1b]0;another title\x07\x1b[31mred\x1b[2J\x9b2J\u202ederuj"


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def brink(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def controls(text: str) -> set[str]:
    return {sign for sign in text if ord(sign) in CONTROLS}


# One door

DOOR = {"sim/words.py"}
BARS = {"sim/cli/shared.py", "sim/report/text/study_progress.py"}
"""Progress bars hold numbers alone."""
TABLES = {"sim/ensemble/files.py"}


def _calls(path: Path) -> set[str]:
    return {node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)}


def test_nothing_is_printed_and_no_csv_made_but_through_the_door() -> None:
    for path in sorted([*(ROOT / "sim").rglob("*.py"), *(ROOT / "dashboards").rglob("*.py")]):
        name, calls = path.relative_to(ROOT).as_posix(), _calls(path)
        assert name in DOOR or not calls & {"print", "echo", "secho", "pprint"}, name
        assert name in BARS or "Console" not in calls, name
        assert name in TABLES or not calls & {"to_csv", "DictWriter"}, name
        source = path.read_text("utf-8")
        assert name in DOOR or not any(word in source for word in ("sys.stdout.write", "sys.stderr.write", "csv.writer")), name


def test_control_characters_of_a_file_are_shown_and_not_sent() -> None:
    Path("mine.yaml").write_text(f'title: "{_escaped(HOSTILE)}"\nextends: baseline\n'
                                 f'parameters:\n  us.bias: {{value: 0.05, note: "{_escaped(HOSTILE)}"}}\n'
                                 f'interventions: [{{on: 3, shock: mediation, note: "{_escaped(HOSTILE)}"}}]\n')
    result = brink("run", "mine.yaml", *SMALL, "--out", "mine", "--all")
    assert result.exit_code == 0, result.stderr
    assert r"\u001b]0;another title\u0007\u001b[31mred\u001b[2J\u009b2J\u202ederuj" in result.stdout
    for told in (result, brink("compare", "mine.yaml", "baseline", *SMALL, "--no-runs"), brink("run", HOSTILE),
                 brink("explain", "mine", "--world", "1"), brink("run", "--set", f"{HOSTILE}=1"), brink(HOSTILE),
                 brink("run", "--worlds", HOSTILE), brink("run", f"--{HOSTILE}"), brink("fork", "mine", "--day", HOSTILE),
                 brink("pathways", "mine"), brink("why", "mine", "--outcome", HOSTILE)):
        assert told.exit_code in (0, 2)
        assert not controls(told.stdout + told.stderr)


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(sign):04x}" if ord(sign) in CONTROLS else sign for sign in text)


def test_what_is_shown_in_json_is_json_still(capsys: pytest.CaptureFixture[str]) -> None:
    import json

    say(json.dumps({"title": HOSTILE}, ensure_ascii=False))
    assert json.loads(capsys.readouterr().out) == {"title": HOSTILE}


def test_a_cell_that_a_spreadsheet_would_take_for_a_formula_begins_with_an_apostrophe() -> None:
    cells = {"a": "=1+1", "b": "+cmd|' /C calc'!A0", "c": "-2+3", "d": "@SUM(A1)", "e": "\t=1", "f": -3.4, "g": "-3.4",
             "h": "+1.5 %", "i": "-", "j": "plain = text"}
    row = csv_text([cells]).splitlines()[1]
    assert row == "'=1+1,'+cmd|' /C calc'!A0,'-2+3,'@SUM(A1),'\t=1,-3.4,-3.4,+1.5 %,-,plain = text"


# Code pages

SIGNS = "".join(sorted({sign for path in (ROOT / "sim").rglob("*.py") for sign in path.read_text("utf-8") if ord(sign) > 127}))
NO_PAGES = {"idna", "punycode", "undefined", "raw_unicode_escape", "unicode_escape"}
PAGES = sorted(name for name in {*aliases.values()} - NO_PAGES - {"mbcs", "oem"} if codecs.lookup(name)._is_text_encoding)


@pytest.mark.parametrize("page", PAGES)
def test_every_sign_can_be_printed_in_every_code_page(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(file, encoding=page))
    let_all_signs_through()
    say(f"{SIGNS} and 23 % +- 4: <\N{SNOWMAN}>")
    sys.stdout.flush()
    assert re.search("and 23 [%\u066a] \\+- 4: <", file.getvalue().decode(page))


def test_a_sign_that_cannot_be_written_is_told_by_one_that_looks_like_it(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(file, encoding="ascii"))
    let_all_signs_through()
    say("12 % \N{PLUS-MINUS SIGN} 3, M\u00fcller \N{RIGHTWARDS ARROW} \N{SNOWMAN}")
    sys.stdout.flush()
    assert file.getvalue().decode() == "12 % +- 3, Muller -> ?\n"


@pytest.mark.parametrize("page", ["ascii", pytest.param("cp437", marks=pytest.mark.slow),
                                  pytest.param("cp037", marks=pytest.mark.slow)])
def test_commands_end_well_where_signs_are_missing(page: str) -> None:
    for command in (["run", *SMALL, "--all"], ["evidence", "L101"], ["parameters", "missile", "--json"]):
        made = subprocess.run([sys.executable, "-m", "sim", *command], capture_output=True, check=False,
                              env={**os.environ, "PYTHONIOENCODING": page, "PYTHONPATH": str(ROOT)})
        assert (made.returncode, made.stderr) == (0, b"")
        assert len(made.stdout.decode(page)) > 500


# Rows and columns

def in_a_terminal(*command: str, columns: int = 80) -> list[str]:
    """The lines that a command prints on a terminal of so many columns, without its progress bar."""
    ours, its = pty.openpty()
    made = subprocess.Popen([sys.executable, "-m", "sim", *command], stdin=its, stdout=its, stderr=subprocess.DEVNULL,
                            env={**os.environ, "COLUMNS": str(columns), "PYTHONPATH": str(ROOT)})
    os.close(its)
    said = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        said += piece
    assert made.wait() == 0
    os.close(ours)
    return said.decode().replace("\r", "").splitlines()


def test_at_80_columns_a_run_is_told_on_24_lines() -> None:
    lines = in_a_terminal("run", *SMALL, "--out", "mine")
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert "of 8 worlds" in " ".join(lines[1:4])
    assert lines[-1] == "Results and pictures are in mine"
    assert any("--all" in line for line in lines)


def test_all_outcomes_stand_on_a_line_each_at_80_columns() -> None:
    from sim.model.outcomes import OUTCOMES

    lines = in_a_terminal("run", *SMALL, "--out", "mine", "--all")
    assert max(map(len, lines)) <= 80
    assert len(lines) > len(OUTCOMES) - 6
    assert sum(line.startswith("Highest price of") for line in lines) == 1


def test_a_table_is_cut_where_its_columns_are_widest(monkeypatch: pytest.MonkeyPatch,
                                                     capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("a long name that says much", "short", "another text"), ("b", "c", "\N{SNOWMAN}")]
    monkeypatch.setattr(tables, "columns", lambda: 40)
    tables.show_table(("what", "", "how"), rows)
    first, second, third = capsys.readouterr().out.splitlines()
    assert second == "a long name that s\N{HORIZONTAL ELLIPSIS}  short  another text"
    assert first.index("how") == second.index("another") == third.index("\N{SNOWMAN}")
    monkeypatch.setattr(tables, "columns", lambda: None)
    tables.show_table(("what", "", "how"), rows)
    assert "a long name that says much  short  another text" in capsys.readouterr().out


def test_names_with_meanings_are_wrapped_beside_the_name(monkeypatch: pytest.MonkeyPatch,
                                                         capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(tables, "columns", lambda: 40)
    tables.show_list([("one", "word " * 12), ("three", "")])
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("one    word word")
    assert said[1].startswith("       word")
    assert said[-1] == "three"
    assert max(map(len, said)) <= 40


def test_quiet_prints_the_place_alone() -> None:
    assert brink("run", *SMALL, "--quiet").stdout == "runs/baseline-1\n"
    assert brink("compare", "baseline", "inspectors_back", *SMALL, "--no-runs", "--quiet", "--out", "c").stdout == "c\n"
    assert brink("pathways", "runs/baseline-1", "--quiet").stdout == "runs/pathways-baseline-1\n"


# How a command is called

@pytest.mark.parametrize(("typed", "number"), [("1e2", 100), ("1_00", None), ("1,000", 1000), ("1_000", 1000), ("2.5e1", 25),
                                               ("16", 16), ("1E+1", 10), ("10,00", None), ("1e-2", None), ("1.5", None),
                                               ("x" * 9999, None), ("", None), ("\u0663", None), ("nan", None)])
def test_numbers_are_read_as_people_write_them(typed: str, number: int | None) -> None:
    from typer import BadParameter

    from sim.cli.shared import whole

    if number is not None:
        assert whole(typed) == number
        return
    with pytest.raises(BadParameter, match="is not a whole number, like 4096, 100,000 or 1e5"):
        whole(typed)


@pytest.mark.parametrize(("arguments", "says"), [
    (["run", "--worlds", "many"], "run: invalid value for '--worlds': 'many' is not a whole number, like 4096, 100,000 or 1e5; "
                                  "see brink run --help"),
    (["run", "--uncertainty", "some"], "run: invalid value for '--uncertainty'"),
    (["rum"], "no such command 'rum'. Did you mean 'run'"),
    (["run", "--wolrds", "3"], "run: no such option: --wolrds"),
    (["run", "a", "b"], "run: got unexpected extra argument"),
    (["explain"], "explain: missing argument 'RUN'; see brink explain --help"),
    (["breakeven", "s", "--at", "much"], "breakeven: invalid value for '--at': 'much' is not a number, like 0.2; "
                                        "see brink breakeven --help"),
    (["--wolrds"], "no such option: --wolrds"),
])
def test_a_command_called_wrongly_gets_one_line(arguments: list[str], says: str) -> None:
    result = brink(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"brink: {says}")


def test_help_holds_whole_sentences() -> None:
    said = brink("--help").stdout
    assert "..." not in said.split("Commands:")[1]
    assert max(map(len, said.splitlines())) <= 80
    for name in ("run", "compare", "sweep", "score"):
        assert "..." not in brink(name, "--help").stdout.split("Options:")[1]


# Ctrl-C

INTERRUPTED = """
import runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGVTALRM, lambda *_: signal.raise_signal(signal.SIGINT))
sys.argv = ["brink", *sys.argv[2:]]
import sim.__main__
signal.setitimer(signal.ITIMER_VIRTUAL, float({seconds}))
sim.__main__.main()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
@pytest.mark.parametrize("seconds", [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5])
def test_an_interrupt_is_one_line_from_the_first_moment(seconds: float) -> None:
    """Seconds of this process, however busy the machine is."""
    command = [sys.executable, "-c", INTERRUPTED.format(seconds=seconds), "-", "run", "--worlds", "200000", "--days", "3000"]
    made = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert (made.returncode, made.stdout, made.stderr) == (130, "", "brink: interrupted; nothing was kept\n")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals differ")
@pytest.mark.parametrize("seconds", [1, 2, 4])
@pytest.mark.parametrize("engine", ["auto", "numpy"])
def test_an_interrupt_of_all_processes_is_one_line(seconds: float, engine: str) -> None:
    import time

    made = subprocess.Popen([sys.executable, "-m", "sim", "run", "--worlds", "200000", "--days", "3000", "--jobs", "2"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
                            env={**os.environ, "PYTHONPATH": str(ROOT), "BRINK_ENGINE": engine})
    time.sleep(seconds)
    os.killpg(made.pid, signal.SIGINT)
    assert made.communicate(timeout=120) == ("", "brink: interrupted; nothing was kept\n")
    assert made.returncode == 130


def test_an_interrupt_waits_until_a_worker_has_started(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(ProcessPoolExecutor, "_start_executor_manager_thread",
                        lambda _: seen.append(_delicate(sys._getframe())))
    ProcessPoolExecutor(1).submit(int)
    assert (seen, _delicate(sys._getframe())) == ([True], False)


@pytest.mark.parametrize(("command", "bounds"), [
    ("run", [MOST_WORLDS, LONGEST]), ("compare", [MOST_WORLDS, LONGEST]), ("fork", [MOST_FUTURES, LONGEST_TAG]),
    ("explain", [MOST_FUTURES])])
def test_help_tells_the_bounds_that_hold(command: str, bounds: list[int]) -> None:
    told = " ".join(brink(command, "--help").stdout.split())
    assert [bound for bound in bounds if f"{bound:,}" not in told] == []


def test_no_command_waits_for_what_starts_processes():
    code = "import sys, sim.cli as cli\ncli.app = lambda: print('multiprocessing' in sys.modules)\ncli.main()"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"


def test_numeric_libraries_keep_to_one_thread_unless_the_environment_says_otherwise():
    code = ("import os, sys, sim.cli as cli\n"
            "cli.app = lambda: print(*(os.environ[name] for name in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS')), "
            "'numpy' in sys.modules)\ncli.main()")
    environment = {name: value for name, value in os.environ.items() if "NUM_THREADS" not in name}
    for given, says in (({}, "1 1 False"), ({"OMP_NUM_THREADS": "3"}, "3 1 False")):
        ended = subprocess.run([sys.executable, "-c", code], env={**environment, **given}, capture_output=True, text=True)
        assert ended.stdout.strip() == says, ended.stderr
