"""Bank statements as text, read only inside the jail: a sheet (xlsx, csv) by the headings of `bank_columns.yaml`, or ISO 20022 camt.053.

What comes out is text by name; amounts and days are made of it outside, where what is wrong can be said.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from chengxin.subjects import sheets

OPENING, CLOSING = "OPBD", "CLBD"  # balance types of camt.053: opening booked, closing booked
MOST_LINES = 50_000


def read(path: str, titles: dict[str, str]) -> dict[str, Any]:
    """{"opening", "closing": text or "", "lines": [{day, amount or incoming/outgoing, direction, balance, ref, text, party}]}."""
    raw = Path(path).read_bytes()
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _camt(raw)
    return {"opening": "", "closing": "", "lines": sheets.read_rows(path, titles)["rows"]}


def _camt(raw: bytes) -> dict[str, Any]:
    """Whatever version of camt.053: elements are taken by their local names. A document type is refused: it could name entities."""
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise sheets.NotASheet(reason_zh="文件含有 DOCTYPE", reason_en="the file has a DOCTYPE")
    try:
        root = ET.fromstring(raw)  # noqa: S314  no document type, and in the jail
    except ET.ParseError as error:
        raise sheets.NotASheet(reason_zh="不是完整的 XML", reason_en="it is not well-formed XML") from error
    statement = next((one for one in root.iter() if _name(one) == "Stmt"), None)
    if statement is None:
        raise sheets.NotASheet(reason_zh="没有 camt.053 的 Stmt 元素", reason_en="it has no Stmt element of camt.053")
    balances = {_text(one, "Tp", "CdOrPrtry", "Cd"): _signed(one) for one in statement if _name(one) == "Bal"}
    lines = [_line(place, one) for place, one in enumerate((each for each in statement if _name(each) == "Ntry"), 1)]
    if len(lines) > MOST_LINES:
        raise sheets.NotASheet(reason_zh="超过五万行", reason_en="it has more than 50,000 entries")
    return {"opening": balances.get(OPENING, ""), "closing": balances.get(CLOSING, ""), "lines": lines}


def _line(place: int, entry: ET.Element) -> dict[str, str]:
    details = [one for one in entry.iter() if _name(one) == "Ustrd"]
    day = _text(entry, "BookgDt", "Dt") or _text(entry, "BookgDt", "DtTm")
    ref = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef")
    words = " ".join((one.text or "").strip() for one in details) or _text(entry, "AddtlNtryInf")
    return {"_row": str(place), "day": day[:10], "amount": _signed(entry), "ref": ref, "text": words}


def _signed(one: ET.Element) -> str:
    sign = "-" if _text(one, "CdtDbtInd") == "DBIT" else ""
    return sign + _text(one, "Amt")


def _text(one: ET.Element, *way: str) -> str:
    """The text at the end of a way of local names; empty when there is none."""
    here: ET.Element | None = one
    for name in way:
        here = next((child for child in here if _name(child) == name), None) if here is not None else None
    return (here.text or "").strip() if here is not None else ""


def _name(one: ET.Element) -> str:
    return one.tag.rsplit("}", 1)[-1]
