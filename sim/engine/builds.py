"""Builds: the C of a day compiled by this machine's compiler, once, into the user's cache.

The first use of a source gets a quick build, in about two seconds; a better one is made in the background for the next. A
build is named by a hash of source, flags and compiler, made under another name and then renamed, so that any number of
processes may build at once, and an edited model or another version never meets a build that is not its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from sim import words

UNITS = (1, 3, 2, 4)
"""A quick build compiles the file as four units side by side, the longest first; as one it runs 5 % faster."""

STRICT = ("-std=gnu11", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fno-signed-zeros", "-w", "-fPIC")
"""What may be done to arithmetic without changing a bit of what comes out; contraction to fma would."""

KEPT = 40
"""Builds that the cache keeps, the last used."""

PATIENCE = 600
"""Seconds after which a background build that left only its mark is taken for dead."""

QUICK = "-quick"
"""The end of the name of a quick build."""

SEAL = ".sha256"
"""The end of the name of the hash beside a build."""

SMALL = 2000
"""Lines of C below which the better build is made at once."""

LIMIT = 300
"""Seconds that a compiler may take."""


class NoBuild(RuntimeError):
    """Why there is no compiled engine here, in one line."""


def tell(line: str) -> None:
    """Say one line about a build."""
    words.aside(line)


def compiler() -> tuple[str, ...]:
    """The command of a C compiler: what CC names, that of the system, or that of the package `ziglang`. Raises NoBuild."""
    if named := os.environ.get("CC", "").strip():
        try:
            return tuple(shlex.split(named))
        except ValueError as error:
            raise NoBuild(f"CC={named} names no command ({error})") from None
    found = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
    if found:
        return (found,)
    if importlib.util.find_spec("ziglang"):
        return (sys.executable, "-m", "ziglang", "cc")
    raise NoBuild("there is no C compiler; install one, or the extra brink[fast]")


@cache
def processor() -> str:
    """What this machine's processor can do, as compilers name it. Raises NoBuild where NumPy's bits would be others."""
    machine = platform.machine().lower()
    if machine in ("arm64", "aarch64"):
        return "native"
    if machine not in ("x86_64", "amd64"):
        raise NoBuild(f"a processor of the kind {machine or 'unknown'} is not known to give NumPy's bits")
    features = {name for name, has in _features().items() if has}
    if not {"AVX2", "FMA3"} <= features:
        raise NoBuild("this processor has no AVX2")
    return "x86-64-v4" if "AVX512_SKX" in features else "x86-64-v3"


def _features() -> dict[str, bool]:
    """Which vector instructions NumPy finds here."""
    found: dict[str, bool] = importlib.import_module("numpy._core._multiarray_umath").__cpu_features__
    return found


@cache
def version(command: tuple[str, ...]) -> str:
    """What a compiler says of itself. Raises NoBuild."""
    try:
        done = subprocess.run([*command, "--version"], capture_output=True, text=True, errors="replace", timeout=60, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoBuild(f"the C compiler {' '.join(command)} does not run: {_first_line(error)}") from None
    return done.stdout.partition("\n")[0]


def flags(best: bool) -> list[str]:
    """The flags of a build."""
    wide = ["-mprefer-vector-width=512"] if processor() == "x86-64-v4" else []
    level = ["-O3"] if best else ["-O1", "-ftree-loop-vectorize"]
    return [*level, *STRICT, *wide, "-mcpu=native" if processor() == "native" else f"-march={processor()}"]


def command(best: bool) -> list[str]:
    """The whole command, but for the files."""
    made = [*compiler(), *flags(best)]
    if "ziglang" in made:  # it has its own names for processors, and no flag of gcc's for the loops
        made = [one.replace("-march=", "-mcpu=").replace("x86-64-v", "x86_64_v") for one in made
                if one != "-ftree-loop-vectorize"]
    return made


def folder() -> Path:
    """The user's cache of builds, which need not exist yet: BRINK_CACHE, or where this system keeps caches."""
    return _folder().absolute()


def _folder() -> Path:
    if os.environ.get("BRINK_CACHE"):
        return Path(os.environ["BRINK_CACHE"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "brink" / "kernels"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "brink" / "kernels"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "brink" / "kernels"


def usable(place: Path) -> bool:
    """Whether builds can be kept there: a folder of this user, which nobody else writes to."""
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        about = place.stat()
        if hasattr(os, "getuid") and (about.st_uid != os.getuid() or about.st_mode & 0o022):
            return False
        with tempfile.TemporaryFile(dir=place):
            return True
    except OSError:
        return False


def name(source: str, best: bool) -> str:
    """The file name of a build: a hash of all that it depends on."""
    parts = "\0".join([source, *command(True), version(compiler()), platform.machine(), sys.platform])
    return f"{hashlib.sha256(parts.encode()).hexdigest()[:24]}{'' if best else QUICK}.so"


def better_of(path: Path) -> Path:
    """The better build of the source of a quick one."""
    return path.with_name(path.name.replace(QUICK, ""))


def library(source: str) -> Path:
    """The best build of a source that there is; if there is none, a quick one, and a better one is begun. Raises NoBuild."""
    place = folder()
    lasting = usable(place)
    if not lasting:
        place = _temporary()
    best, quick = place / name(source, True), place / name(source, False)
    if is_whole(best):
        _touch(best)
        return best
    if source.count("\n") < SMALL:
        build(source, best, True)
        return best
    if not is_whole(quick):
        tell("compiling the model for this machine, once: a few seconds" if lasting else
             f"compiling the model for this command alone, a few seconds, as no builds can be kept in {folder()}")
        build(source, quick, False)
    if lasting:
        _begin_better(source, best)
    return quick


def best_library(source: str) -> Path:
    """The better build of a source, which is made now if there is none. Raises NoBuild."""
    if not usable(folder()):
        raise NoBuild(f"no builds can be kept in {folder()}; BRINK_CACHE may name another folder")
    path = folder() / name(source, True)
    if not is_whole(path):
        build(source, path, True)
        path.with_suffix(".failed").unlink(missing_ok=True)
    return path


def build(source: str, path: Path, best: bool) -> None:
    """Compile a source to this file. Raises NoBuild."""
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix="building-") as room:
            text, half = Path(room, "day.c"), Path(room, "day.so")
            text.write_text(source, "utf-8")
            parts = [text] if best else [Path(room, f"{unit}.o") for unit in UNITS]
            if not best:
                with ThreadPoolExecutor(min(len(UNITS), os.cpu_count() or 1)) as threads:
                    list(threads.map(lambda unit: _run([*command(best), f"-DUNIT={unit.stem}", "-c", str(text), "-o",
                                                        str(unit)]), parts))
            _run([*command(best), "-shared", *map(str, parts), "-o", str(half), "-lm"])
            seal = Path(room, "seal")
            seal.write_text(_seal(half), "ascii")
            os.replace(seal, path.with_suffix(SEAL))
            os.replace(half, path)
    except OSError as error:
        raise NoBuild(f"the build cannot be written: {error.strerror or error}") from None
    _tidy(path.parent)


def is_whole(path: Path) -> bool:
    """Whether a build is there as it was made; a part of a library would end the process that loads it."""
    try:
        return path.with_suffix(SEAL).read_text("ascii") == _seal(path)
    except (OSError, UnicodeDecodeError):
        return False


def _seal(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, errors="replace", timeout=LIMIT,
                       stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoBuild(f"the C compiler {command[0]} failed: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    text = str(getattr(error, "stderr", "") or error).strip()
    return text.partition("\n")[0][:160]


@cache
def _temporary() -> Path:
    """A folder for builds that lasts as long as this process."""
    import atexit

    place = Path(tempfile.mkdtemp(prefix="brink-kernels-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place


def _begin_better(source: str, path: Path) -> None:
    """Let another process make the better build, unless one is at it."""
    with contextlib.suppress(OSError):
        mark = path.with_suffix(".begun")
        if path.with_suffix(".failed").exists():
            return
        if mark.exists() and time.time() - mark.stat().st_mtime < PATIENCE:
            return
        mark.unlink(missing_ok=True)
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        text = path.with_suffix(".c")
        text.write_text(source, "utf-8")
        root = str(Path(__file__).parents[2])
        found = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        subprocess.Popen([sys.executable, "-m", build.__module__, str(text), str(path)], stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, cwd=root,
                         env={**os.environ, "PYTHONPATH": found})


def _touch(path: Path) -> None:
    """Mark a build as used; when it was made stays."""
    with contextlib.suppress(OSError):
        os.utime(path, (time.time(), path.stat().st_mtime))


def _tidy(place: Path) -> None:
    """Remove the builds that were not used for the longest time."""
    with contextlib.suppress(OSError):
        old = sorted(place.glob("*.so"), key=lambda path: path.stat().st_atime)[:-KEPT]
        for path in old:
            path.unlink(missing_ok=True)
            path.with_suffix(SEAL).unlink(missing_ok=True)
        for left in (*place.glob("building-*"), *place.glob("*.c"), *place.glob("*.begun")):  # of processes that were killed
            if time.time() - left.stat().st_mtime > PATIENCE:
                shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)


def better(text: Path, path: Path) -> None:
    """Make the better build of a source file that waits in the cache."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(10)
    try:
        build(text.read_text("utf-8"), path, True)
    except NoBuild as error:
        path.with_suffix(".failed").write_text(f"{error}\n", "utf-8")
    finally:
        for left in (text, path.with_suffix(".begun")):
            left.unlink(missing_ok=True)


if __name__ == "__main__":
    better(Path(sys.argv[1]), Path(sys.argv[2]))
