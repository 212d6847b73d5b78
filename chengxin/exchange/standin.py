"""A stand-in for the upper platform, for tests and demonstrations: it reads our folder, answers by receipts, lists what it shows.

    python -m chengxin.exchange.standin FOLDER [--behave slow,partial,lost_receipt,twice,wrong_order,down,reject] [--publish]

It has its own memory (SQLite in the folder) and may be killed at any moment as well. Behaviour is decided by the file's or row's name, so
that it is the same in every run:

- slow: leaves each file alone the first time it sees it;      - down: answers nothing every second round
- lost_receipt: forgets the first receipt of each file;        - twice: writes every receipt twice, under two names
- partial: the first receipt of a file has only half the rows; - wrong_order: takes the newest file first
- reject: refuses every 50th row until it is sent in another file

`shows` behaves badly too, when asked: lose, alter, double, keep, take_down, invent (each about one in a hundred rows).
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from chengxin.exchange import folders, formats, reading
from chengxin.exchange.collecting import split_number
from chengxin.exchange.formats import Line

ONE_IN_REJECT, ONE_IN_SHOWN = 50, 100
PART_ROWS = 10_000
TABLES = """
CREATE TABLE IF NOT EXISTS file(name TEXT PRIMARY KEY, seen INTEGER NOT NULL, receipt TEXT NOT NULL, told INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS answer(file TEXT, number TEXT, answer TEXT, code TEXT, text TEXT, receipt TEXT, PRIMARY KEY(file, number));
CREATE TABLE IF NOT EXISTS held(name TEXT PRIMARY KEY, version INTEGER, number TEXT, act TEXT, content TEXT, receipt TEXT);
CREATE TABLE IF NOT EXISTS taken(number TEXT PRIMARY KEY, receipt TEXT);
CREATE TABLE IF NOT EXISTS round(n INTEGER NOT NULL);
"""
HOLD = """
INSERT INTO held VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT(name) DO UPDATE SET version = excluded.version, number = excluded.number,
    act = excluded.act, content = excluded.content, receipt = excluded.receipt WHERE excluded.version > held.version
"""


def chance(name: str, one_in: int, salt: str) -> bool:
    """Whether a name is among one in so many: the same in every run."""
    return zlib.crc32(f"{salt}:{name}".encode()) % one_in == 0


class Upper:
    """The platform over one folder. behave: names of bad behaviours, see above."""

    def __init__(self, home: Path, behave: Sequence[str] = ()) -> None:
        self.home, self.behave = home, frozenset(behave)
        for name in folders.FOLDERS:
            (home / name).mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(home / ".upper.sqlite3", isolation_level=None, timeout=30)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.executescript(TABLES)

    def close(self) -> None:
        self.db.close()

    # ---- files in, receipts out

    def take(self) -> int:
        """One round over the files that lie there; returns how many were answered."""
        rounds = self.db.execute("SELECT count(*) FROM round").fetchone()[0]
        self.db.execute("INSERT INTO round VALUES (?)", (rounds,))
        if "down" in self.behave and rounds % 2 == 0:
            return 0
        files = sorted(path for path in (self.home / folders.OUT).iterdir() if path.suffix != folders.DRAFT)
        return sum(self._take(path) for path in (reversed(files) if "wrong_order" in self.behave else files))

    def _take(self, path: Path) -> bool:
        self.db.execute("INSERT OR IGNORE INTO file VALUES (?, 0, '', 0)", (path.name,))
        self.db.execute("UPDATE file SET seen = seen + 1 WHERE name = ?", (path.name,))
        seen, receipt, told = self.db.execute("SELECT seen, receipt, told FROM file WHERE name = ?", (path.name,)).fetchone()
        if "slow" in self.behave and seen == 1:
            return False
        if not receipt:
            self._apply(path.name, reading.read(str(path), path.suffix))
        self._tell(path.name, told)
        path.unlink(missing_ok=True)
        return True

    def _apply(self, name: str, lines: list[Line]) -> None:
        """Take the rows of a file, once: all of them and the receipt in one transaction."""
        receipt = f"HL{zlib.crc32(name.encode()):08x}"
        self.db.execute("BEGIN IMMEDIATE")
        for line in lines:
            self._row(name, line, receipt)
        self.db.execute("UPDATE file SET receipt = ? WHERE name = ?", (receipt, name))
        self.db.execute("COMMIT")

    def _row(self, file: str, line: Line, receipt: str) -> None:
        number = line["number"]
        known = self.db.execute("SELECT receipt FROM taken WHERE number = ?", (number,)).fetchone()
        first = not self.db.execute("SELECT 1 FROM answer WHERE number = ?", (number,)).fetchone()
        if known is None and "reject" in self.behave and first and chance(number, ONE_IN_REJECT, "reject"):
            row = (file, number, "rejected", "E102", "统一社会信用代码与登记库不符", receipt)
            self.db.execute("INSERT OR IGNORE INTO answer VALUES (?, ?, ?, ?, ?, ?)", row)
            return
        of = known[0] if known else receipt  # a row sent twice has its first receipt
        self.db.execute("INSERT OR IGNORE INTO taken VALUES (?, ?)", (number, receipt))
        self.db.execute("INSERT OR IGNORE INTO answer VALUES (?, ?, 'accepted', '', '', ?)", (file, number, of))
        name, version = split_number(number)
        content = json.dumps({key: value for key, value in line.items() if key not in formats.HEAD}, ensure_ascii=False)
        self.db.execute(HOLD, (name, version, number, line["act"], content, of))

    def _tell(self, name: str, told: int) -> None:
        """Write the receipt, unless this one gets lost; a partial one has every second row."""
        rows = self.db.execute("SELECT number, answer, code, text, receipt FROM answer WHERE file = ? ORDER BY number", (name,)).fetchall()
        half = "partial" in self.behave and told == 0
        self.db.execute("UPDATE file SET told = told + 1 WHERE name = ?", (name,))
        if "lost_receipt" in self.behave and told == 0 and not half:
            return
        data = _csv(("number", "answer", "code", "text", "receipt"), rows[::2] if half else rows)
        for copy in ("", "-2") if "twice" in self.behave else ("",):
            folders.drop(self.home / folders.RECEIPTS / f"{name}.receipt{copy or (f'-{told}' if told else '')}.csv", data)

    # ---- what it shows

    def shows(self, badly: Sequence[str] = ()) -> int:
        """Write the list of what is public there, in parts; returns the number of lines."""
        for old in (self.home / folders.SHOWN).iterdir():
            old.unlink()
        lines = list(self._shown(frozenset(badly)))
        for start in range(0, max(len(lines), 1), PART_ROWS):
            part = lines[start : start + PART_ROWS]
            columns = list(dict.fromkeys(name for line in part for name in line)) or ["number", "status"]
            for kind in ("CF", "XK"):
                of_kind = [line for line in part if line["number"].startswith(kind)]
                if not of_kind and (lines or kind == "XK"):
                    continue
                names = ["number", "status", *(name for name in columns if of_kind and name in of_kind[0] and name not in _STATE)]
                data = _csv(names, [[line.get(name, "") for name in names] for line in of_kind])
                folders.drop(self.home / folders.SHOWN / f"{kind}-{start // PART_ROWS:03d}.csv", data)
        return len(lines)

    def _shown(self, badly: frozenset[str]) -> Iterator[Line]:
        for number, act, content in self.db.execute("SELECT number, act, content FROM held ORDER BY name"):
            line: Line = {"number": number, "status": "shown", **json.loads(content)}
            bad = next((one for one in sorted(badly) if chance(number, ONE_IN_SHOWN, one)), "")
            if act == "withdraw":
                if bad == "keep":
                    name, version = split_number(number)
                    yield {**line, "number": f"{name}-{version - 1}"}
                continue
            if bad == "lose":
                continue
            if bad == "invent":
                yield {**line, "number": f"{number[:2]}{zlib.crc32(number.encode()):014x}-1"}
            if bad == "alter":
                line["BZ"] = "改"
            yield {**line, "status": "withdrawn"} if bad == "take_down" else line
            if bad == "double":
                yield line


_STATE = ("number", "status")


def _csv(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()


def main() -> None:
    """The command line: one round, and the list when asked."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("folder", type=Path)
    given.add_argument("--behave", default="")
    given.add_argument("--publish", action="store_true")
    asked = given.parse_args()
    upper = Upper(asked.folder, [name for name in asked.behave.split(",") if name])
    print(f"{upper.take()} files")
    if asked.publish:
        print(f"{upper.shows()} rows shown")


if __name__ == "__main__":
    main()
