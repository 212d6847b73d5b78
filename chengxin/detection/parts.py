"""What finished detectors of a run found, kept until the run is through: a run killed at any moment goes on with the same result.

One file per detector, named by a digest of everything the findings depend on: the facts, the window, the detector's version, parameters
and code, and the libraries. Another digest, another file: nothing old is ever taken for new.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from chengxin import detectors
from chengxin.detection import grouping
from chengxin.detectors import Detector, Finding, Window

LIBRARIES = ("chengxin", "duckdb", "numpy", "numba", "pyarrow")


class Parts:
    """The kept findings of one run's detectors in a folder. `inputs` is a digest of the facts looked at."""

    def __init__(self, folder: Path, inputs: str, window: Window, used: dict[str, dict[str, Any]]) -> None:
        self.folder, self.inputs, self.window, self.used = folder, inputs, window, used

    def digest(self, detector: Detector) -> str:
        """64 hex characters that change when anything changes that the detector's findings depend on."""
        depends = {
            "inputs": self.inputs,
            "window": [self.window.since.timestamp(), self.window.until.timestamp(), self.window.seed],
            "detector": [detector.name, detector.version],
            "params": self.used[detector.name],
            "limits": detector.limits,
            "code": code(detector.name),
            "libraries": libraries(),
        }
        return hashlib.sha256(json.dumps(depends, sort_keys=True, default=str).encode()).hexdigest()

    def kept(self, detector: Detector) -> list[Finding] | None:
        """The detector's findings, when it finished before; None when it did not, or when the file is not whole."""
        try:
            head, _, body = self._path(detector).read_text(encoding="utf-8").partition("\n")
        except (OSError, UnicodeDecodeError):
            return None
        if head != hashlib.sha256(body.encode()).hexdigest():
            return None
        return [grouping.from_plain(one) for one in json.loads(body)]

    def keep(self, detector: Detector, found: list[Finding]) -> None:
        """Keep them: written whole or not at all."""
        body = "[" + ",\n".join(grouping.canonical(finding) for finding in found) + "]"
        publish(self._path(detector), f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}".encode())

    def _path(self, detector: Detector) -> Path:
        return self.folder / f"{detector.name}-{self.digest(detector)[:24]}.json"


def forget(folder: Path) -> None:
    """The run is through and its result published."""
    shutil.rmtree(folder, ignore_errors=True)


def publish(path: Path, body: bytes) -> None:
    """A file under its name only when all of it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@cache
def code(name: str) -> str:
    """A digest of a detector's folder, of what detectors share, and of the engine they borrow."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    sources = [
        *(detectors.HERE / name).iterdir(),
        *detectors.HERE.iterdir(),
        *(here / "engine").glob("*.py"),
        here / "search.py",
        here / "grouping.py",
    ]
    for path in sorted(one for one in sources if one.is_file()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


@cache
def libraries() -> tuple[str, ...]:
    """name==version of what computes."""
    return tuple(f"{name}=={_version(name)}" for name in LIBRARIES)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "-"
