"""Prints a SHA-256 of every file and every standard output of a fixed series of commands, so that a change can be shown to
alter no result:

    python benchmarks/same_bytes.py > before.txt      # at one commit
    python benchmarks/same_bytes.py > after.txt       # at another, on the same machine
    diff before.txt after.txt

Left out of the digests is what differs between equal runs: times, speeds, versions, and the fingerprint of the source code.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]

RUNS = {
    "baseline": "run baseline --worlds 2048 --out runs/baseline",
    "priors": "run baseline --worlds 2048 --uncertainty priors --sets 64 --out runs/priors",
    "june_2025": "run june_2025 --worlds 1024 --out runs/june_2025",
    "mediation": ["run", "baseline", "--worlds", "512", "--out", "runs/mediation", "--do",
                  "{on: 2026-03-01, shock: mediation}"],
    "compare": "compare baseline second_carrier --worlds 1024 --out runs/compare",
    "compare json": "compare baseline inspectors_back --worlds 512 --json --out runs/compare_start",
}
ANALYSES = {
    "explain": "explain runs/baseline --typical war",
    "explain json": "explain runs/baseline --world 12 --json",
    "explain futures": "explain runs/baseline --typical deal --futures 64",
    "why": "why runs/baseline --outcome round_two",
    "why json": "why runs/baseline --outcome deal --json",
    "pathways": "pathways runs/baseline",
    "pathways json": "pathways runs/baseline --json",
    "fork": "fork runs/baseline --world 12 --day 2026-03-01 --futures 256 --out runs/forked",
    "report": "report runs/baseline --out baseline.html",
    "report compare": "report runs/compare --out compare.html",
    "parameters": "parameters --json",
    "evidence": "evidence L101",
    "hindcast": "hindcast --json --worlds 2048",
    "hindcast june_2025": "hindcast june_2025 --json --worlds 1024",
    "forecast": "forecast --out forecast.json --worlds 4096",
}
STUDIES = {
    "sweep": "sweep study.yaml --out study",
    "sensitivity": "sensitivity study --outcome round_two --json",
    "sensitivity text": "sensitivity study --outcome round_two",
    "variance": "variance study --outcome round_two --json",
    "breakeven": "breakeven study --outcome round_two --at 0.5 --json",
    "discover": "discover study --outcome deal --json",
}
SERIES = RUNS | ANALYSES | STUDIES

STUDY = """title: Same bytes
design: {kind: latin, parameters: ["israel.*", us.bias], sets: 128}
worlds: 16
keep: {outcomes: [round_two, deal], daily: [war.tension], every: 30}
"""

VOLATILE = re.compile(
    r'"(?:fingerprint|source|made_by|began|seconds|worlds_per_second|host|machine|python|brink|mesa|numpy|scipy|pyarrow|made|'
    r'created|written)": ?(?:"[^"]*"|[\d.e+-]+),?|\b[\d.,]+ (?:worlds a second|s\b|seconds|sec\b)'
    r'|\b(?=[0-9a-f]*\d)[0-9a-f]{16}\b|\d{4}-\d\d-\d\dT[\d:.+Z]+')
"""What differs between equal runs: fields of these names, durations, fingerprints, moments."""

SKIPPED = {"timing.json", "timing-1-1.json", "lock"}


def digest(data: bytes, name: str) -> str:
    """The digest of a file's bytes; of text, without what differs between equal runs."""
    if Path(name).suffix not in {".parquet", ".png"}:
        data = VOLATILE.sub("", data.decode("utf-8", "replace")).encode()
    return hashlib.sha256(data).hexdigest()[:24]


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder, by relative path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name not in SKIPPED}


def brink(checkout: Path, arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run the command with the code of a checkout."""
    environment = {**os.environ, "PYTHONPATH": str(checkout), "COLUMNS": "120", "NO_COLOR": "1", "TERM": "dumb"}
    return subprocess.run([sys.executable, "-m", "sim", *arguments], cwd=folder, env=environment, check=False,
                          capture_output=True)


def series(checkout: Path, wanted: list[str]) -> dict[str, str]:
    """The digest of each file and output, by command; and of the generated pages."""
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "study.yaml").write_text(STUDY)
        seen: dict[str, str] = {}
        for name, command in SERIES.items():
            if wanted and not any(name.startswith(start) for start in wanted):
                continue
            done = brink(checkout, command.split() if isinstance(command, str) else command, folder)
            found[f"{name}: exit"] = str(done.returncode)
            found[f"{name}: stdout"] = digest(done.stdout, "stdout.txt")
            if done.returncode not in (0, 1):
                print(f"{name}: {done.stderr.decode()[-2000:]}", file=sys.stderr)
            now = {path: digest(data, path) for path, data in files(folder).items()}
            found |= {f"{name}: {path}": value for path, value in now.items() if seen.get(path) != value}
            seen = now
        if not wanted or "docs" in wanted:
            copy = folder / "checkout"
            shutil.copytree(checkout, copy, ignore=shutil.ignore_patterns(".git", "__pycache__", ".*_cache", "runs", ".venv"))
            done = brink(copy, ["docs"], copy)
            found["docs: exit"] = str(done.returncode)
            found |= {f"docs: {path}": digest(data, path) for path, data in files(copy / "docs").items()
                      if Path(path).suffix in {".md", ".svg"}}
    return found


def main() -> None:
    """Run the series and print its digests."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--checkout", type=Path, default=ROOT, help="Whose code is run; else that of this file.")
    parser.add_argument("--only", nargs="*", default=[], help=f"Beginnings of names, of {', '.join(SERIES)}, docs.")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = series(given.checkout.resolve(), given.only)
    print(json.dumps(found, indent=1) if given.json else "\n".join(f"{value:24}  {name}" for name, value in found.items()))


if __name__ == "__main__":
    main()
