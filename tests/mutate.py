"""Mutation: `python -m tests.mutate chengxin/kernel chengxin/law/book.py --tests chengxin/kernel chengxin/law`.

One process imports the house, runs the tests once and notes which test runs which line. Then a child is forked for each mutant: it
exchanges the code of the one function in place, runs the tests of that line, the quick ones first, and ends at the first that fails.
What stands at the level of a module or class has run already when the tests begin; with `--fresh` such mutants get a process of their
own, by a hook at import.
"""

from __future__ import annotations

import argparse
import functools
import gc
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest

from tests import mutants
from tests.mutants import Mutant

ROOT = Path(__file__).resolve().parent.parent
KILLED, SURVIVED, TIMEOUT, UNCOVERED, MODULE = "killed", "survived", "timed out", "no test", "module level"
HOOK = "CHENGXIN_MUTANT"  # path and place of the mutant that a fresh process imports


class Rest:
    """Stands for the next test, so that pytest keeps what lives as long as the session."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session

    def listchain(self) -> list[Any]:
        return [self.session]


class Runner:
    """Takes the place of pytest's loop over the tests."""

    def __init__(self, found: list[Mutant], left: str | None) -> None:
        self.found, self.left = found, left
        self.files = {str(ROOT / one.path) for one in found}
        self.lines: dict[tuple[str, int], set[pytest.Item]] = defaultdict(set)
        self.seconds: dict[pytest.Item, float] = {}
        self.verdicts: dict[Mutant, str] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        rest = Rest(session)
        good = [item for item in session.items if self.traced(item, rest)]
        print(f"{len(good)} of {len(session.items)} tests pass, {sum(self.seconds.values()):.0f} s", flush=True)
        for at, mutant in enumerate(self.found):
            known = self.left is not None and mutant.function is not None and f": {mutant}\n" not in self.left
            self.verdicts[mutant] = KILLED if known else self.tried(mutant, rest)
            if self.verdicts[mutant] not in (KILLED, MODULE):
                print(f"[{at + 1}/{len(self.found)}] {self.verdicts[mutant]}: {mutant}", flush=True)
        return True

    def traced(self, item: pytest.Item, rest: Rest) -> bool:
        """Run a test once and note its lines; False when it does not pass by itself."""
        seen: set[tuple[str, int]] = set()

        def each_line(frame: FrameType, event: str, arg: Any) -> Any:
            seen.add((frame.f_code.co_filename, frame.f_lineno))
            return each_line

        def each_call(frame: FrameType, event: str, arg: Any) -> Any:
            return each_line(frame, event, arg) if frame.f_code.co_filename in self.files else None

        for package in {one.path.parts[1] for one in self.found}:
            forget(package)  # what was remembered before shows no lines
        began = time.process_time()
        threading.settrace(each_call)
        sys.settrace(each_call)
        try:
            passed = passes(item, rest)
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]
        if passed:
            self.seconds[item] = time.process_time() - began
            for place in seen:
                self.lines[place].add(item)
        return passed

    def tried(self, mutant: Mutant, rest: Rest) -> str:
        if mutant.function is None:
            return MODULE
        file = str(ROOT / mutant.path)
        chosen = sorted(self.lines.get((file, mutant.line), ()), key=lambda item: self.seconds[item])
        if not chosen:
            chosen = sorted(self.near(file, mutant), key=lambda item: self.seconds[item])
        if not chosen:
            return UNCOVERED
        return in_child(lambda: killed_by(mutant, chosen, rest), 10 + 5 * sum(self.seconds[item] for item in chosen))

    def near(self, file: str, mutant: Mutant) -> set[pytest.Item]:
        """Tests of a statement that goes over several lines: those of the last line before that was seen, inside the function."""
        assert mutant.function is not None
        for line in range(mutant.line, mutant.function[1], -1):
            if (file, line) in self.lines:
                return self.lines[file, line]
        return set()


def passes(item: pytest.Item, rest: Any) -> bool:
    from _pytest.runner import runtestprotocol

    return all(report.passed or report.skipped for report in runtestprotocol(item, log=False, nextitem=rest))


def in_child(work: Callable[[], bool], seconds: float) -> str:
    """The verdict of a forked process: its tests fail, or pass, or it uses up more processor time than is right."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.setpgrp()
        limit = int(seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1), os.dup2(quiet, 2)
        try:
            os._exit(1 if work() else 0)
        except BaseException:
            os._exit(1)
    status = _waited(pid, seconds * 6)
    if status is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)):
        return TIMEOUT
    return SURVIVED if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0 else KILLED


def _waited(pid: int, seconds: float) -> int | None:
    """The status of the child; None when it had to be ended after so many seconds of doing nothing."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        time.sleep(0.005)
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


def killed_by(mutant: Mutant, items: list[pytest.Item], rest: Any) -> bool:
    exchange(mutant)
    return any(not passes(item, rest) for item in items)


def exchange(mutant: Mutant) -> None:
    """Give every living function of the mutated module the code of the mutated source, and empty what was remembered."""
    file = str(ROOT / mutant.path)
    new = {(one.co_name, one.co_firstlineno, one.co_freevars): one for one in codes(compile(mutants.mutated(mutant), file, "exec"))}
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename == file:
            code = new.get((thing.__code__.co_name, thing.__code__.co_firstlineno, thing.__code__.co_freevars))
            if code is not None:
                thing.__code__ = code
    forget(mutant.path.parts[1])


def forget(package: str) -> None:
    """Empty what functions of a package remember."""
    for thing in gc.get_objects():
        if isinstance(thing, functools._lru_cache_wrapper) and str(thing.__module__).startswith(f"chengxin.{package}"):
            thing.cache_clear()


def codes(code: CodeType) -> Iterator[CodeType]:
    """A code object and all inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


# ---- a process of its own for what runs at import


def install_hook() -> None:
    """Import the mutant that the environment names (called by a fresh process before anything else)."""
    from importlib.machinery import SourceFileLoader

    path, number, name = json.loads(os.environ[HOOK])
    wanted = next(one for one in mutants.mutants_of(Path(path)) if (one.number, one.name) == (number, name))
    file = str(ROOT / wanted.path)
    plain = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> Any:
        return compile(mutants.mutated(wanted), file, "exec") if self.path == file else plain(self, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign]


def tried_fresh(mutant: Mutant, tests: list[str]) -> str:
    command = "import sys; from tests import mutate; mutate.install_hook(); import pytest; sys.exit(pytest.main(sys.argv[1:]))"
    told = json.dumps([str(mutant.path), mutant.number, mutant.name])
    surroundings = {**os.environ, HOOK: told, "PYTHONPATH": str(ROOT)}
    asked = [sys.executable, "-c", command, "-x", "-n", "0", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(asked, cwd=ROOT, env=surroundings, capture_output=True, timeout=1200, check=False)
    except subprocess.TimeoutExpired:
        return TIMEOUT
    return SURVIVED if done.returncode == 0 else KILLED


# ---- the table


def main(arguments: list[str] | None = None) -> int:
    """Prints the survivors and a table; returns 0, or 1 when fewer than --least percent were killed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutate", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("modules", nargs="+", type=Path, help="files or folders of the house")
    parser.add_argument("--tests", nargs="+", required=True, help="where the tests are, as for pytest")
    parser.add_argument("--fresh", action="store_true", help="also what stands at the level of a module, each in a process of its own")
    parser.add_argument("--least", type=float, default=0, help="percent that must be killed")
    parser.add_argument("--only", default="", help="only mutants whose text holds this")
    parser.add_argument("--after", type=Path, help="what a run over the same code printed: only what it left is run again, with more tests")
    given = parser.parse_args(arguments)
    found = [one for path in files(given.modules) for one in mutants.mutants_of(path) if given.only in str(one)]
    runner = Runner(found, given.after.read_text(encoding="utf-8") if given.after else None)
    pytest.main(["-q", "-n", "0", "-p", "no:cacheprovider", "--no-header", *given.tests], plugins=[runner])
    if given.fresh:
        for mutant in [one for one in found if runner.verdicts.get(one) == MODULE]:
            runner.verdicts[mutant] = tried_fresh(mutant, given.tests)
            if runner.verdicts[mutant] != KILLED:
                print(f"{runner.verdicts[mutant]}: {mutant}", flush=True)
    return table(runner.verdicts, given.least)


def files(paths: list[Path]) -> list[Path]:
    """The modules meant, without tests, migrations and what only names a room."""
    out = ("tests", "migrations")
    named = [each for path in paths for each in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    return [each for each in named if not set(out) & set(each.parts) and each.name not in ("__init__.py", "apps.py")]


def table(verdicts: dict[Mutant, str], least: float) -> int:
    by_module: dict[Path, Counter[str]] = defaultdict(Counter)
    for mutant, verdict in verdicts.items():
        by_module[mutant.path][verdict] += 1
    print("\n| Module | Mutants | Killed | Timed out | Survived | No test | Module level, not run | % |\n|---|--:|--:|--:|--:|--:|--:|--:|")
    total: Counter[str] = Counter()
    for path, counted in sorted(by_module.items()):
        total += counted
        print(line(str(path), counted))
    print(line("all", total))
    return 0 if share(total) >= least else 1


def share(counted: Counter[str]) -> float:
    """Percent of the mutants that were run; one that never ends is noticed too."""
    run = sum(counted.values()) - counted[MODULE]
    return 100 * (counted[KILLED] + counted[TIMEOUT]) / run if run else 100.0


def line(name: str, counted: Counter[str]) -> str:
    parts = [counted[each] for each in (KILLED, TIMEOUT, SURVIVED, UNCOVERED, MODULE)]
    return f"| `{name}` | {sum(counted.values())} | " + " | ".join(str(part) for part in parts) + f" | {share(counted):.1f} |"


if __name__ == "__main__":
    sys.exit(main())
