"""The column of numbers in a sheet of another system; read in the jail, where only plain values come out."""

from __future__ import annotations

from chengxin.subjects import sheets


def read(path: str, heads: list[str]) -> list[str]:
    """The texts below the heading that is one of `heads` (without spaces, small letters). Raises NotASheet when there is none."""
    table = sheets.table_of(path)
    for number, row in enumerate(table[: sheets.HEADS]):
        places = [place for place, cell in enumerate(row) if sheets.plain_heading(cell) in heads]
        if places:
            return [one[places[0]].strip() for one in table[number + 1 :] if len(one) > places[0] and one[places[0]].strip()]
    raise sheets.NotASheet(reason_zh=f"没有编号列（{'、'.join(heads)}）", reason_en=f"it has no column of numbers ({', '.join(heads)})")
