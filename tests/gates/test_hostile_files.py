"""Gate 9: hostile files get a named error within two seconds of reading and 256 MB, and the process lives on.

Each file is tried through the same door a platform's report takes. The twin opens the sparse sheet without the jail and shows what the jail
is for. `--nightly` adds random mutants of every file.
"""

from __future__ import annotations

import io
import os
import random
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chengxin.facts.actions import accept_batch
from chengxin.facts.models import Receipt
from chengxin.facts.tests import sheets
from chengxin.kernel import jail
from chengxin.kernel.errors import ChengxinError
from chengxin.subjects.models import Platform

pytestmark = pytest.mark.one_database  # the jail knows no database
ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60  # of wall time on a loaded machine; the jail itself stops after 10 s of processor time
GROWTH_KB = 400 * 1024


@pytest.fixture(autouse=True)
def own_lake(tmp_path: Path, settings: Any) -> None:
    settings.LAKE_DIR = tmp_path / "lake"


@pytest.fixture
def platform(db: None) -> Platform:
    return Platform.objects.get_or_create(code="shanhuo", defaults={"name": "山货集市"})[0]


def workbook(parts: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An xlsx with some parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheets.xlsx(sheets.orders(3)))) as good, zipfile.ZipFile(out, "w", compression) as bad:
        for name in good.namelist():
            if name not in parts:
                bad.writestr(name, good.read(name))
        for name, content in parts.items():
            bad.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
_HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_CELL = '<row r="{row}"><c r="{cell}" t="inlineStr"><is><t>x</t></is></c></row>'


def sparse_sheet() -> bytes:
    """Two cells at opposite corners of the sheet: a dense reader asks for 549 GB."""
    cells = _CELL.format(row=1, cell="A1") + _CELL.format(row=1048576, cell="XFD1048576")
    return workbook({SHEET: f"{_HEAD}{cells}</sheetData></worksheet>"})


def zip_bomb() -> bytes:
    return workbook({SHEET: _HEAD.encode() + b" " * (260 << 20)})


def many_parts() -> bytes:
    return workbook({f"xl/media/{number}.bin": b"" for number in range(5_000)})


def external_entity() -> bytes:
    doctype = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return workbook({SHEET: f"{doctype}{_HEAD}{_CELL.format(row=1, cell='A1').replace('x<', '&x;<')}</sheetData></worksheet>"})


def billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return workbook({"xl/sharedStrings.xml": f'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY l0 "ha">{entities}]><sst>&l11;</sst>'})


def zip_slip() -> bytes:
    return workbook({"../../../../tmp/chengxin-slipped": "x"})


def deep_json() -> bytes:
    return b"[" * 500_000


def deep_object() -> bytes:
    return b'[{"order_no":' * 200_000


def truncated_parquet() -> bytes:
    return sheets.parquet(sheets.orders(50))[:-40]


def lying_parquet() -> bytes:
    """The footer is whole, the pages are noise."""
    data = bytearray(sheets.parquet(sheets.orders(500)))
    data[8:2000] = random.Random(1).randbytes(1992)
    return bytes(data)


def giant_dictionary() -> bytes:
    """One value of a megabyte, named by a million rows: a small file that unpacks to a terabyte."""
    indices = pa.array([0] * 400_000, pa.int32())
    column = pa.DictionaryArray.from_arrays(indices, pa.array(["x" * (1 << 20)]))
    names = ["order_no", "shop_id", "buyer", "sku", "qty", "paid", "ordered_at"]
    out = pa.BufferOutputStream()
    pq.write_table(pa.table([column] * len(names), names=names), out, compression="zstd", store_schema=False)
    return out.getvalue().to_pybytes()


def wide_parquet() -> bytes:
    out = pa.BufferOutputStream()
    pq.write_table(pa.table({f"c{number}": [1] for number in range(3_000)}), out)
    return out.getvalue().to_pybytes()


def lying_arrow() -> bytes:
    """Offsets that point far outside the file."""
    table = pa.table(
        {name: [str(value) for value in range(100)] for name in ("order_no", "shop_id", "buyer", "sku", "qty", "paid", "ordered_at")}
    )
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    data = bytearray(out.getvalue().to_pybytes())
    first = data.find(b"\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0")
    data[first + 4 : first + 8] = b"\xff\xff\xff\x7f"
    return bytes(data)


def old_workbook() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)


def polyglot() -> bytes:
    """A PDF in front of a workbook."""
    return b"%PDF-1.7\n" + sheets.xlsx(sheets.orders(3))


REFUSED: list[tuple[str, str, Callable[[], bytes]]] = [
    ("sparse sheet", "xlsx", sparse_sheet),
    ("zip bomb", "xlsx", zip_bomb),
    ("many parts", "xlsx", many_parts),
    ("external entity", "xlsx", external_entity),
    ("billion laughs", "xlsx", billion_laughs),
    ("zip slip", "xlsx", zip_slip),
    ("old workbook", "xlsx", old_workbook),
    ("not a workbook", "xlsx", lambda: b"PK\3\4" + b"garbage" * 100),
    ("deep array", "json", deep_json),
    ("deep objects", "json", deep_object),
    ("an object, no array", "json", lambda: b'{"order_no": 1}'),
    ("wrong encoding", "csv", lambda: "订单号,店铺编号\n".encode() + b"\xff\xfe\xff\n"),
    ("workbook named csv", "csv", lambda: sheets.xlsx(sheets.orders(3))),
    ("polyglot as csv", "csv", polyglot),
    ("NUL bytes", "csv", lambda: b"order_no,shop_id\n\0\0,1\n"),
    ("open quote", "csv", lambda: b'order_no,shop_id\n"' + b"x" * 2_000_000),
    ("truncated parquet", "parquet", truncated_parquet),
    ("lying parquet", "parquet", lying_parquet),
    ("giant dictionary", "parquet", giant_dictionary),
    ("three thousand columns", "parquet", wide_parquet),
    ("not parquet", "parquet", lambda: b"PAR1" + bytes(100) + b"PAR1"),
    ("lying arrow", "arrow", lying_arrow),
    ("not arrow", "arrow", lambda: b"ARROW1" + bytes(100)),
]


@pytest.mark.parametrize(("format", "make"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_a_hostile_file_gets_a_named_error_and_the_process_lives(platform: Platform, format: str, make: Callable[[], bytes]) -> None:
    data = make()
    before, started = _peak_kb(), time.monotonic()
    with pytest.raises(ChengxinError) as raised:
        accept_batch(platform, "order", data, format, "system:test")
    took, grown = time.monotonic() - started, _peak_kb() - before
    print(f"hostile file of {len(data):,} bytes: {raised.value.code} after {took:.2f} s, +{grown >> 10} MB")
    assert raised.value.status in (413, 422) and str(raised.value)
    assert took < SECONDS and grown < GROWTH_KB
    assert not Receipt.objects.exists() and not Path("/tmp/chengxin-slipped").exists()


def _peak_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


LINES: list[tuple[str, bytes, str]] = [
    ("deep nesting", b"[" * 60_000, "broken_line"),
    ("deep objects", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "broken_line"),
    ("huge line", b'{"order_no":"' + b"9" * 5_000_000 + b'"}', "line_too_long"),
    ("NUL byte", b'{"order_no":"a\0b"}', "broken_line"),
    ("escaped NUL", b'{"order_no":"a\\u0000b","shop_id":"S1"}', "nul_character"),
    ("wrong encoding", '{"order_no":"订单"}'.encode("gb18030"), "encoding"),
    ("lone surrogate", b'{"order_no":"\\ud800"}', "broken_line"),
    ("huge number", b'{"order_no":"1","qty":' + b"9" * 4_000 + b"}", "missing"),
]


@pytest.mark.parametrize(("line", "code"), [one[1:] for one in LINES], ids=[one[0] for one in LINES])
def test_a_hostile_line_costs_only_itself(platform: Platform, line: bytes, code: str) -> None:
    from chengxin.facts import queries

    good = sheets.ndjson(sheets.orders(1_000))
    receipt = accept_batch(platform, "order", good + b"\n" + line, "ndjson", "system:test")
    assert (receipt.accepted, receipt.quarantined) == (1_000, 1)
    assert code in {problem.code for problem in queries.errors(receipt)}


def test_formula_cells_are_set_aside_and_never_run_in_an_export(platform: Platform) -> None:
    from chengxin.facts import lists, queries
    from chengxin.kernel.tables import WRITERS

    evil = ["=1+1", "@SUM(1)", "-2+3+cmd|' /C calc'!A0", '=HYPERLINK("http://x.example")']
    rows = [sheets.order(number, category=text) for number, text in enumerate(evil, 1)]
    receipt = accept_batch(platform, "order", sheets.as_csv(rows), "csv", "system:test")
    problems = queries.errors(receipt)
    assert [problem.code for problem in problems] == ["formula"] * 4
    lines = lists.error_lines(receipt, problems)
    columns = list(lists.ERRORS.columns)
    body, _ = WRITERS["csv"](columns, ([column.read(line) for column in columns] for line in lines))
    cells = [cell for row in __import__("csv").reader(io.StringIO(body.decode("utf-8-sig"))) for cell in row]
    assert not [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell]


def test_without_the_jail_the_sparse_sheet_takes_the_reader_down(tmp_path: Path) -> None:
    """The twin: the same bytes, the same reader, a process with the same memory and no jail around it does not come back with an answer."""
    path = tmp_path / "sparse.xlsx"
    path.write_bytes(sparse_sheet())
    assert path.stat().st_size < 8_000
    code = (
        "import resource, sys; from python_calamine import CalamineWorkbook; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30));"
        f"CalamineWorkbook.from_path({str(path)!r}).get_sheet_by_index(0).to_python(); print('read')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)
    assert done.returncode != 0 and "read" not in done.stdout


def test_the_limits_are_the_jails(platform: Platform) -> None:
    """The twin of the limits: with room enough the same reader reads a file that the small jail refuses."""
    data = sheets.as_csv(sheets.orders(40_000))
    with pytest.raises(jail.FileTooHard):
        from chengxin.facts import sources

        accept_batch(platform, "order", data, "csv", "system:test", limits=sources.Limits(memory_mb=24, seconds=10))
    assert accept_batch(platform, "order", data, "csv", "system:test").accepted == 40_000


def mutants(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Good files of every format with some bytes changed, cut out or doubled."""
    draw = random.Random(seed)
    rows = sheets.orders(30)
    makers = {
        "xlsx": sheets.xlsx,
        "csv": sheets.as_csv,
        "json": sheets.as_json,
        "parquet": sheets.parquet,
        "arrow": sheets.arrow,
        "ndjson": sheets.ndjson,
    }
    good = [(format, maker(rows)) for format, maker in makers.items()] + [("xlsx", sheets.OLD_WORKBOOK.read_bytes())]
    for number in range(count):
        format, whole = good[number % len(good)]
        data = bytearray(whole)
        for _ in range(draw.randint(1, 8)):
            place, size = draw.randrange(len(data)), draw.randint(1, 16)
            match draw.randrange(3):
                case 0:
                    data[place : place + size] = draw.randbytes(size)
                case 1:
                    del data[place : place + size]
                case _:
                    data[place:place] = data[place : place + size]
        yield format, bytes(data)


def _feed(platform: Platform, count: int, seed: int) -> dict[str, int]:
    tally: dict[str, int] = {}
    for format, data in mutants(count, seed):
        try:
            accept_batch(platform, "order", data, format, "system:test")
            said = "accepted"
        except ChengxinError as error:
            said = error.code
        tally[said] = tally.get(said, 0) + 1
    print(f"mutants: {tally}, process {os.getpid()} lives")
    return tally


def test_mutants_are_accepted_or_named(platform: Platform) -> None:
    assert sum(_feed(platform, 63, 7).values()) == 63


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(20))
def test_many_mutants(platform: Platform, seed: int) -> None:
    assert sum(_feed(platform, 5_000, seed).values()) == 5_000
