"""The platform's own folder: where it reports to, its keys, its runs. Made once by `chengxin-local init`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from chengxin.detection.errors import HomeThere, NoHome, NoRun
from chengxin.detection.parts import publish
from chengxin.kernel import encryption

SIGNS = "local"  # the name of the platform's signing key among its keys


@dataclass(frozen=True)
class Home:
    """city: the origin of the city's address; log_key: the city's public key in hex, noted at init, by which receipts are checked."""

    folder: Path
    platform: str
    city: str
    client_id: str
    key_id: str
    log_key: str

    @property
    def runs(self) -> list[Path]:
        """The folders of the runs, oldest first."""
        return sorted(path.parent for path in (self.folder / "runs").glob("*/package.json"))

    def run(self, name: str | None = None) -> Path:
        """A run's folder by its name, the newest when none is named. Raises NoRun."""
        found = [path for path in self.runs if name in (None, path.name)]
        if not found:
            raise NoRun(name=name or "-", folder=self.folder)
        return found[-1]


def make(home: Home) -> str:
    """Write the settings and the keys; returns the public key in hex, for the city's administrator to register. Raises HomeThere."""
    path = home.folder / "settings.json"
    if path.exists():
        raise HomeThere(folder=home.folder)
    told = {name: value for name, value in asdict(home).items() if name != "folder"}
    publish(path, json.dumps(told, ensure_ascii=False, indent=2).encode())
    encryption.secret("tokens")
    encryption.secret("salts")
    return encryption.public_key_hex(SIGNS)


def load(folder: Path) -> Home:
    """Raises NoHome."""
    try:
        told = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        return Home(folder=folder, **told)
    except (OSError, ValueError, TypeError) as cause:
        raise NoHome(folder=folder) from cause
