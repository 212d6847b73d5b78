"""What follows from the vocabulary: JSON Schema for the API, the handbook page. `python -m chengxin.facts.describe` writes the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chengxin.facts.kinds import Column, Kind, kinds
from chengxin.facts.reasons import reasons

PAGE = Path(__file__).resolve().parents[2] / "docs" / "handbook" / "facts.md"

_JSON_TYPES: dict[str, dict[str, Any]] = {
    "int": {"type": "integer"},
    "money": {"type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,2})?$"},
    "time": {"type": "string", "format": "date-time"},
    "bool": {"type": "boolean"},
    "division": {"type": "string", "pattern": "^[0-9]{6}([0-9]{3}([0-9]{3})?)?$"},
    "gtin": {"type": "string", "pattern": "^([0-9]{8}|[0-9]{12,14})$"},
    "hash": {"type": "string", "pattern": "^[0-9a-f]{16,128}$"},
}
_TYPES_ZH = {
    "text": "文字",
    "int": "整数",
    "money": "金额（元）",
    "time": "时间",
    "bool": "是/否",
    "code": "代码",
    "division": "行政区划代码",
    "gtin": "商品条码",
    "hash": "哈希",
    "person": "人员编号（只存代号）",
    "device": "设备标识（只存代号）",
    "ip": "IP 地址（只存代号）",
    "address": "地址（只存代号）",
}


def json_schema(kind: Kind) -> dict[str, Any]:
    """JSON Schema (2020-12) of one row."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:chengxin:fact:{kind.kind}:{kind.version}",
        "title": f"{kind.zh} / {kind.en}",
        "description": f"{kind.meaning['zh']}。{kind.meaning['en']}.",
        "type": "object",
        "properties": {column.name: _property(column) for column in kind.columns},
        "required": [column.name for column in kind.columns if column.required],
        "x-key": list(kind.key),
        "x-time": kind.time,
        "x-retention": kind.retention,
    }


def _property(column: Column) -> dict[str, Any]:
    said: dict[str, Any] = {"title": f"{column.zh} / {column.en}", "description": f"{column.meaning['zh']}。{column.meaning['en']}."}
    said |= _JSON_TYPES.get(column.type, {"type": "string"})
    if column.type == "int":
        said |= {word: value for word, value in (("minimum", column.min), ("maximum", column.max)) if value is not None}
    elif column.max is not None and said["type"] == "string":
        said["maxLength"] = column.max
    if column.codes:
        said["enum"] = list(column.codes)
    if column.list:
        said["x-code-list"] = column.list
    if column.default is not None:
        said["default"] = column.default
    if column.unit:
        said["x-unit"] = column.unit["en"]
    if column.personal:
        said["x-personal"] = {"kept_as": "keyed pseudonym", **column.personal}
    return said | {"examples": [_example(column)]}


def _example(column: Column) -> Any:
    if column.type == "bool":
        return column.example == "true"
    return int(column.example) if column.type == "int" else column.example


def example_row(kind: Kind) -> dict[str, Any]:
    """A row that is accepted, made of the schema's examples."""
    return {column.name: _example(column) for column in kind.columns}


def markdown() -> str:
    """The handbook page of all kinds, reasons and mappings."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# 报送数据 / Facts that platforms report"
    yield ""
    yield "由 `chengxin/facts/schema/*.yaml` 生成，请勿手改。Generated from the schema files by `python -m chengxin.facts.describe`."
    yield ""
    yield "金额以元为单位，最多两位小数；Parquet 中也可用整数列 `<列名>_fen`（分）。时间为 ISO 8601，不写时区即城市时间。"
    yield "Money is in yuan with at most two decimals (in Parquet also int64 `<column>_fen`)."
    yield "Times are ISO 8601; without a zone, city time."
    yield "表头可用列名、中文名或英文名。Headers may be the column's name, its Chinese or its English name."
    for kind in kinds().values():
        yield from _kind(kind)
    yield from _mappings()
    yield from _reasons()


def _kind(kind: Kind) -> Iterator[str]:
    yield ""
    yield f"## {kind.zh} / {kind.en} (`{kind.kind}`)"
    yield ""
    yield f"{kind.meaning['zh']}。{kind.meaning['en']}."
    yield f"主键 key: `{', '.join(kind.key)}`；时间 time: `{kind.time}`；保存期限 retention: `{kind.retention}`."
    yield ""
    yield "| 列 Column | 名称 Name | 类型 Type | 必填 Required | 说明 Meaning | 示例 Example |"
    yield "|---|---|---|---|---|---|"
    for column in kind.columns:
        cells = [f"`{column.name}`", f"{column.zh} / {column.en}", _type(column), "✓" if column.required else ""]
        yield f"| {' | '.join([*cells, _meaning(column), _cell(column.example)])} |"


def _type(column: Column) -> str:
    unit = f" ({column.unit['zh']} / {column.unit['en']})" if column.unit else ""
    return f"{_TYPES_ZH[column.type]} `{column.type}`{unit}"


def _meaning(column: Column) -> str:
    said = f"{column.meaning['zh']}。{column.meaning['en']}."
    if column.codes:
        said += " " + "; ".join(f"`{code}` {names['zh']} / {names['en']}" for code, names in column.codes.items()) + "."
    if column.list:
        said += f" 代码表 code list: `{column.list}`."
    if column.personal:
        purpose = column.personal["purpose"]
        said += f" 用途 purpose: {purpose['zh']} / {purpose['en']};"
        said += f" 依据 basis: {column.personal['basis']}; 期限 term: {column.personal['term']}."
    return _cell(said)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _mappings() -> Iterator[str]:
    yield ""
    yield "## 列名对照 / Mappings"
    yield ""
    yield "外部表用对照文件导入：每一列写来源列、常量或转换。"
    yield "A foreign table is imported with a YAML file: for each column a source column, a constant or a transform."
    yield ""
    yield "| 写法 Recipe | 含义 Meaning |"
    yield "|---|---|"
    for recipe, zh, en in _RECIPES:
        yield f"| `{recipe}` | {zh} / {en} |"
    yield ""
    yield "`chengxin report <platform> <kind> <file> --mapping <mapping.yaml>`；随产品提供 shipped: `complete_journey`."


_RECIPES = (
    ("buyer: household_id", "来源列", "a source column"),
    ("channel: {constant: store}", "常量", "a constant"),
    ('order_no: {join: [day, basket], with: "-"}', "拼接", "columns joined"),
    ("line_no: {number_within: basket}", "同值行依次编号", "rows of one value numbered in file order"),
    ("weight_g: {column: kg, multiply: 1000, round: 0}", "换算与取整", "unit conversion and rounding"),
    ('paid_at: {column: day, date: "%d/%m/%Y"}', "按格式读日期", "a date of a stated form"),
    ("channel: {column: src, codes: {APP: app}}", "代码转换", "codes replaced"),
    ("buyer: {column: id, prefix: U}", "加前缀", "a prefix added"),
)


def _reasons() -> Iterator[str]:
    yield ""
    yield "## 隔离原因 / Why a row is set aside"
    yield ""
    yield "| 代码 Code | 原因 Reason | 如何更正 Remedy |"
    yield "|---|---|---|"
    for code, said in reasons().items():
        yield _cell_row(code, said)


def _cell_row(code: str, said: Any) -> str:
    return f"| `{code}` | {_cell(said['zh'])} / {_cell(said['en'])} | {_cell(said['remedy']['zh'])} / {_cell(said['remedy']['en'])} |"


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(markdown(), encoding="utf-8")
