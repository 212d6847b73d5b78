"""Files of any size from an operator: cut into batches, each with its own receipt."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from tqdm import tqdm

from chengxin.facts import columnar, kinds, mapping, sources
from chengxin.facts.errors import UnknownFormat
from chengxin.facts.intake import accept_batch
from chengxin.facts.kinds import Kind
from chengxin.facts.models import Receipt

ROWS = 250_000
BYTES = 64 * 1024 * 1024
ACTOR = "system:command"


@dataclass(frozen=True)
class Imported:
    """The receipts of one file, in its order."""

    receipts: list[Receipt]

    def summary(self) -> str:
        """One line for people."""
        rows, accepted, duplicates, aside = (
            sum(getattr(receipt, name) for receipt in self.receipts) for name in ("rows", "accepted", "duplicates", "quarantined")
        )
        return (
            f"{rows:,} rows / 行: {accepted:,} accepted / 接收, {duplicates:,} known before / 重复, {aside:,} set aside / 隔离; "
            f"receipt / 回执 {', '.join(str(receipt.id) for receipt in self.receipts)}"
        )


def format_of(name: str) -> str:
    """The format of a file by its ending. Raises UnknownFormat."""
    ending = Path(name).suffix.lower()
    if ending not in sources.ENDINGS:
        raise UnknownFormat(format=ending or name, known=", ".join(sources.ENDINGS))
    return sources.ENDINGS[ending]


def import_file(
    platform: str,
    kind: str,
    path: Path | str,
    mapping: Path | str | None = None,
    *,
    actor: str = ACTOR,
    progress: bool = False,
    correction: bool = False,
    tell: Callable[[int, int], None] | None = None,
) -> Imported:
    """Accept a whole file in batches of at most 250,000 rows. Running it again after an interruption continues: known batches give their
    receipt.

    progress: show a bar; tell: called with (bytes done, bytes in all) after each batch.
    """
    path = Path(path)
    receipts = []
    done, total = 0, path.stat().st_size
    with tqdm(total=total, unit="B", unit_scale=True, disable=not progress, desc=path.name) as bar:
        for source, format, left, size in _batches(kind, path, mapping):
            receipts.append(accept_batch(platform, kind, source, format, actor, left, correction=correction, limits=sources.COMMAND))
            bar.update(size)
            done += size
            if tell:
                tell(min(done, total), total)
    return Imported(receipts)


_Batches = Iterator[tuple[Path | bytes | pa.Table, str, Path | str | None, int]]


def _batches(kind: str, path: Path, given: Path | str | None) -> _Batches:
    """(source, format, mapping still to apply, bytes of the file it stands for)."""
    format = format_of(path.name)
    size = path.stat().st_size
    if format == "parquet" and given is not None:
        yield from _mapped(kind, path, given)
    elif format == "parquet":
        yield from _pieces(kinds.kind(kind), path)
    elif format == "ndjson" and size > BYTES:
        yield from _lines(path, given)
    else:
        yield path, format, given, size


def _mapped(kind: str, path: Path, given: Path | str) -> _Batches:
    """Mapped as a whole, since a line number may depend on rows far apart, then cut."""
    recipe = mapping.load(given)
    sent, _ = sources.read(kinds.kind(kind), sources.open_source(path, "parquet"), recipe, sources.COMMAND)
    share = path.stat().st_size / max(len(sent.numbers), 1)
    for start in range(0, sent.table.num_rows, ROWS):
        piece = sent.table.slice(start, ROWS)
        yield piece, "table", None, int(share * piece.num_rows)


def _pieces(kind: Kind, path: Path) -> _Batches:
    """A file of one piece as it is, so that its receipt names the file's own digest; a larger one as tables, each read in the jail."""
    most, size = sources.COMMAND.columnar, path.stat().st_size
    cut = columnar.pieces(path, most, ROWS)
    if len(cut) < 2:
        yield path, "parquet", None, size
        return
    total = sum(piece.rows for piece in cut)
    for piece in cut:
        sent, _ = columnar.read(kind, path, "parquet", None, most, piece)
        yield sent.table, "table", None, size * piece.rows // total


def _lines(path: Path, given: Path | str | None) -> _Batches:
    with path.open("rb") as file:
        while piece := file.read(BYTES):
            rest = io.BytesIO()
            if not piece.endswith(b"\n"):
                rest.write(file.readline())
            whole = piece + rest.getvalue()
            yield whole, "ndjson", given, len(whole)
