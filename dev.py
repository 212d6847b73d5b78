"""Everything a developer or a first-time user types, with nothing but Python's standard library.

python3 dev.py run     make .venv, install the hashed wheels, open the demo city at http://localhost:8000
python3 dev.py test    the test suite, on SQLite and on PostgreSQL, with a real browser
python3 dev.py help    the other commands
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
TYPES = (PYTHON, "-m", "mypy", "chengxin")
PIP = ("pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")


def say(text: str) -> None:
    print(f"· {text}", flush=True)


def call(*command: str | Path, **extra: str) -> None:
    """Run a command in the repository's folder; stop with its exit code when it fails."""
    end(begin(*command, into=None, **extra))


def begin(*command: str | Path, into: IO[bytes] | None = None, **extra: str) -> subprocess.Popen[bytes]:
    """Start a command in the repository's folder, to go on with something else meanwhile; what it says goes into a file when there is one.
    What Python compiles it keeps, whatever the machine says: a test session starts some hundred processes, and the second worker reads
    what the first has compiled."""
    words, environment = [str(part) for part in command], {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **extra}
    return subprocess.Popen(words, cwd=ROOT, env=environment, stdout=into, stderr=into and subprocess.STDOUT)


def end(started: subprocess.Popen[bytes] | None) -> None:
    """Wait for it; stop with its exit code when it failed."""
    if started is not None and (code := started.wait()):
        sys.exit(code)


def all_at_once(*commands: tuple[str, tuple[str | Path, ...]]) -> None:
    """Titles and commands, run side by side: the first speaks as it goes, the others when it has ended. Stops when one of them failed."""
    reports = [None, *(tempfile.TemporaryFile() for _ in commands[1:])]  # noqa: SIM115 - open as long as the command runs
    running = [begin(*command, into=report) for (_, command), report in zip(commands, reports, strict=True)]
    failed = []
    say(commands[0][0])
    for (title, _), started, report in zip(commands, running, reports, strict=True):
        if started.wait():
            failed.append(title)
        if report is not None:
            say(title)
            report.seek(0)
            sys.stdout.buffer.write(report.read())
            sys.stdout.flush()
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def install(requirements: str) -> None:
    """Make .venv hold exactly the hashed wheels of a requirements file; at once when it already does."""
    wanted = hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()
    stamp = VENV / f"{requirements}.sha256"
    if stamp.exists() and stamp.read_text() == wanted and PYTHON.exists():
        return
    if sys.version_info < (3, 11):  # noqa: UP036 - dev.py is what an older Python meets first
        sys.exit("Chengxin needs Python 3.11 or newer: install python3.11 and call dev.py with it.")
    if not PYTHON.exists():
        say("making .venv")
        venv.create(VENV, with_pip=True)
    say(f"installing {requirements} (hashed; about a minute the first time)")
    call(PYTHON, "-m", *PIP, "-r", requirements)
    link_package()
    stamp.write_text(wanted)


def link_package() -> None:
    """Put the repository on the virtual environment's path and its command next to python."""
    (site,) = VENV.glob("lib/python3.*/site-packages")
    (site / "chengxin-source.pth").write_text(f"{ROOT}\n")
    command = VENV / "bin" / "chengxin"
    command.write_text(f"#!{PYTHON}\nimport sys\nfrom chengxin.cli import main\nsys.exit(main())\n")
    command.chmod(0o755)


def system_packages() -> subprocess.Popen[bytes] | None:
    """Tests need a browser, a Chinese font, Java (for Spark), strace: root on Debian begins the installation, else the reader is told."""
    fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout if shutil.which("fc-list") else b""
    if shutil.which("chromium") and fonts and shutil.which("java") and shutil.which("strace"):
        return None
    wanted = ["chromium", "fonts-noto-cjk", "fontconfig", "default-jre-headless", "strace"]
    if os.geteuid() or not shutil.which("apt-get"):
        sys.exit(f"The tests need {' '.join(wanted)}: install them (Debian: sudo apt-get install {' '.join(wanted)}) and call again.")
    say("installing the browser, a Chinese font, Java and strace")
    install = f"apt-get -qq update && apt-get -qq install -y --no-install-recommends {' '.join(wanted)}"
    return begin("sh", "-c", install, DEBIAN_FRONTEND="noninteractive")


def run(arguments: list[str]) -> None:
    """Install what is needed and open the demo city; further arguments go to `chengxin demo`."""
    install("requirements.txt")
    messages([])
    os.execv(PYTHON, [str(PYTHON), "-m", "chengxin.cli", "demo", *arguments])


def test(arguments: list[str]) -> None:
    """Style, types, import order, then the tests on SQLite and PostgreSQL; arguments go to pytest instead.

    All tests of the rooms, and of what costs most, and of PostgreSQL, the part whose turn it is with this code.
    """
    ready_to_test()
    if arguments:
        call(PYTHON, "-m", "pytest", *arguments)
        return
    style()
    tests_at_once(*turn())


def everything(arguments: list[str]) -> None:
    """The same with every test, whoever's turn it is: twice as long."""
    ready_to_test()
    style()
    tests_at_once()


def turn() -> tuple[str, str]:
    """The turn of this code: the same on every machine, another one with nearly every change."""
    say("of the costly tests the part whose turn it is; `python3 dev.py all` runs all")
    digest = hashlib.sha256()
    for file in sorted([*ROOT.glob("chengxin/**/*.py"), *ROOT.glob("tests/**/*.py")]):
        digest.update(file.read_bytes())
    return ("--turn", str(digest.digest()[0]))


def ready_to_test() -> None:
    """Install what the tests need."""
    system = system_packages()
    install("requirements-test.txt")
    link_package()
    messages([])
    call(PYTHON, "-m", *PIP, "-r", "requirements-spark.txt")
    end(system)


def tests_at_once(*words: str) -> None:
    """Both databases and the types, side by side."""
    processors = str(os.cpu_count() or 1)
    pytest: tuple[str | Path, ...] = (PYTHON, "-m", "pytest", "--dist", "loadfile", "--no-loadscope-reorder", "-n", processors, *words)
    some = "not browser and not one_database"
    all_at_once(  # more workers than processors: some wait for a browser, a database, a disk
        ("tests on SQLite, with the browser", pytest),
        ("tests on PostgreSQL", (PYTHON, "-m", "tests.postgres", *pytest, "-m", some)),
        ("types", TYPES),
    )


def lint(arguments: list[str]) -> None:
    """ruff, the import contract, mypy --strict."""
    install("requirements-test.txt")
    style()
    say("types")
    call(*TYPES)


def style() -> None:
    say("style, import order")
    call(PYTHON, "-m", "ruff", "check", ".")
    call(PYTHON, "-m", "ruff", "format", "--check", "--quiet", ".")
    call(VENV / "bin" / "lint-imports")


def messages(arguments: list[str]) -> None:
    """Compile the translations (.po to .mo)."""
    call(PYTHON, "-m", "chengxin.web.messages")


def lock(arguments: list[str]) -> None:
    """Renew requirements*.txt with hashes from pyproject.toml (needs uv). Spark, large, has its own: installed while types are checked."""
    import tomllib  # not there in the Pythons that `install` turns away

    common = ["--generate-hashes", "--no-emit-index-url", "--no-header", "--python-version", "3.11", *arguments]
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["spark"]
    with tempfile.NamedTemporaryFile("w", suffix=".in") as asked:
        asked.write("\n".join(extra))
        asked.flush()
        call("uv", "pip", "compile", "--quiet", asked.name, "--no-annotate", *common, "-o", "requirements-spark.txt")
    call("uv", "pip", "compile", "--quiet", "pyproject.toml", *common, "-o", "requirements.txt")
    call("uv", "pip", "compile", "--quiet", "pyproject.toml", "--group", "test", *common, "-o", "requirements-test.txt")


def help(arguments: list[str]) -> None:
    """List these commands."""
    for name, command in COMMANDS.items():
        print(f"  {name:10}{(command.__doc__ or '').splitlines()[0]}")


COMMANDS = {"run": run, "test": test, "all": everything, "lint": lint, "messages": messages, "lock": lock, "help": help}

if __name__ == "__main__":
    name, *rest = sys.argv[1:] or ["help"]
    if name not in COMMANDS:
        sys.exit(f"dev.py has no command {name!r}; try: {', '.join(COMMANDS)}")
    COMMANDS[name](rest)
