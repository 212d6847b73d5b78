"""Values into words: checks what a form was given, and says everything the page shows, in official Chinese."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chengxin.documents import official
from chengxin.documents.errors import FieldsMissing, FieldsUnknown, ValueWrong
from chengxin.documents.official import CHOICE, DATE, LIST, MONEY, NUMBER, ROWS, TIME, Field, Form
from chengxin.kernel import clock, money
from chengxin.law import law

BLANK = "＿＿＿"
NONE = "／"
UNITS = {"workday": "个工作日", "day": "日", "month": "个月", "year": "年", "hour": "小时"}
PLACES = "一二三四五六七八九十"
_HOLE = re.compile(r"\{([a-z_]+(?:\.[A-Za-z0-9_]+)?)\}")

Values = Mapping[str, Any]


def check(form: Form, values: Values, complete: bool = True) -> dict[str, Any]:
    """The form's own values, each of its kind, empty ones left out. Raises FieldsUnknown, ValueWrong, and when complete FieldsMissing."""
    unknown = sorted(set(values) - set(official.vocabulary()))
    if unknown:
        raise FieldsUnknown(names="、".join(unknown))
    kept = {name: values[name] for name in form.fields if not _is_empty(values.get(name))}
    for name, value in kept.items():
        if not _fits(form.fields[name], value):
            raise _wrong(form.fields[name], value)
    missing = [one for one in form.fields.values() if one.required and one.name not in kept]
    if missing and complete:
        said = {"names_zh": "、".join(one.zh for one in missing), "names_en": ", ".join(one.en for one in missing)}
        raise FieldsMissing(form_zh=form.zh, form_en=form.en, fields=[one.name for one in missing], **said)
    return kept


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], ()) or (isinstance(value, str) and not value.strip())


def _fits(field: Field, value: Any) -> bool:
    """Whether a value is of the field's kind: a date is a date, fen are whole, a list holds texts."""
    if field.kind == DATE:
        return isinstance(value, date) and not isinstance(value, datetime)
    if field.kind == TIME:
        return isinstance(value, datetime) and value.tzinfo is not None
    if field.kind in (MONEY, NUMBER):
        return isinstance(value, int) and not isinstance(value, bool)
    if field.kind == LIST:
        return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
    if field.kind == ROWS:
        return isinstance(value, list | tuple) and all(isinstance(one, Mapping) and set(one) <= set(field.columns) for one in value)
    if field.kind == CHOICE:
        return value in field.choices(clock.today())
    return isinstance(value, str)


WORDS_FOR = {
    DATE: "日期",
    TIME: "带时区的时间",
    MONEY: "以分为单位的整数",
    NUMBER: "整数",
    LIST: "文本列表",
    ROWS: "表格行",
    CHOICE: "选项代码",
}


def _wrong(field: Field, value: Any) -> ValueWrong:
    return ValueWrong(name_zh=field.zh, name_en=field.en, kind=WORDS_FOR.get(field.kind, "文本"), given=str(value)[:60])


def as_json(values: Values) -> str:
    """Checked values as a paper keeps them."""
    return json.dumps(values, default=_iso, ensure_ascii=False)


def _iso(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a form")


def from_json(form: Form, kept: str) -> dict[str, Any]:
    """Values as `check` returned them."""
    loaded: dict[str, Any] = json.loads(kept)
    return {name: _read(form.fields[name].kind, value) for name, value in loaded.items()}


def _read(kind: str, value: Any) -> Any:
    if kind == DATE:
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if kind == TIME else value


def said(field: Field, value: Any, day: date) -> str:
    """One value as the page says it; empty for an empty one."""
    if _is_empty(value):
        return ""
    if field.kind == TIME:
        local = value.astimezone(clock.CITY)
        return f"{_day(local.date())}{local.hour}时{local.minute:02d}分"
    if field.kind == DATE:
        return _day(value)
    if field.kind == MONEY:
        return f"人民币{money.yuan_for_people(value)}元"
    if field.kind == LIST:
        return "、".join(value)
    return field.choices(day)[value] if field.kind == CHOICE else str(value)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def blocks(form: Form, values: Values, day: date, authority: str) -> list[dict[str, Any]]:
    """The page from top to bottom for paper.typ: each {"kind", …} with finished texts; blocks that have nothing to say are left out."""
    made = (_block(form, one, values, day, authority) for one in form.layout if _wanted(one, values))
    found = [one for one in made if one]
    return [one for one, after in zip(found, [*found[1:], {"kind": "end"}], strict=True) if not _stray_head(one, after)]


def _stray_head(one: dict[str, Any], after: dict[str, Any]) -> bool:
    """A heading under which nothing stands."""
    return one["kind"] == "head" and after["kind"] in ("head", "seal", "sign", "end")


def _wanted(block: dict[str, Any], values: Values) -> bool:
    asked: dict[str, str] = block.get("when", {})
    return all(name in values if wanted == "any" else values.get(name) == wanted for name, wanted in asked.items())


def _block(form: Form, block: dict[str, Any], values: Values, day: date, authority: str) -> dict[str, Any] | None:
    kind = next(name for name in block if name != "when")
    given = block[kind]
    if kind in ("to", "title"):
        return _heading(form, kind, given if isinstance(given, list) else [given], values, day)
    if kind == "text":
        text = _filled(form, given, values, day)
        return {"kind": kind, "text": text} if text else None
    if kind == "table":
        rows = [[_cell(form.fields[name], values, day) for name in row] for row in given]
        return {"kind": kind, "rows": rows}
    if kind == "items":
        return {"kind": kind, "items": [str(one) for one in values[given]]} if given in values else None
    if kind == "rows":
        return _rows(form.fields[given], values) if given in values else None
    if kind == "remedy":
        return {"kind": "text", "text": official.remedy(form, day, values)}
    if kind == "seal":
        return {"kind": kind, "authority": authority, "date": _day(day)}
    return {"kind": kind, "items" if isinstance(given, list) else "text": given}


def _heading(form: Form, kind: str, names: list[str], values: Values, day: date) -> dict[str, Any]:
    """A line of its own; whom a paper is for is told apart by the further fields."""
    first, *more = [(form.fields[name], said(form.fields[name], values.get(name), day)) for name in names]
    return {"kind": kind, "text": first[1] or BLANK, "more": "；".join(f"{field.zh}：{text}" for field, text in more if text)}


def _cell(field: Field, values: Values, day: date) -> dict[str, Any]:
    value = values.get(field.name)
    if field.kind == CHOICE and len(field.choices(day)) <= 6:
        options = [f"{'■' if code == value else '□'}{name}" for code, name in field.choices(day).items()]
        return {"label": field.zh, "text": "", "options": options}
    return {"label": field.zh, "text": said(field, value, day) or NONE}


def _rows(field: Field, values: Values) -> dict[str, Any]:
    rows = [[str(row.get(name) or NONE) for name in field.columns] for row in values[field.name]]
    return {"kind": "rows", "title": field.zh, "columns": list(field.columns.values()), "rows": rows}


def _filled(form: Form, text: str, values: Values, day: date) -> str:
    """A paragraph with its holes filled; empty when it has holes and none of them has a value."""
    names = [name for name in _HOLE.findall(text) if not name.startswith("clock.")]
    if names and not any(name.split(".")[0] in values for name in names):
        return ""
    return _tidy(_HOLE.sub(lambda hole: _hole(form, hole[1], values, day), text))


def _hole(form: Form, name: str, values: Values, day: date) -> str:
    first, _, part = name.partition(".")
    if first == "clock":
        rule = law.at(day).clock(part)
        return f"{rule.n}{UNITS[rule.unit]}"
    field = form.fields[first]
    if part == "place" and first in values:
        return PLACES[list(field.choices(day)).index(values[first])]
    return said(field, values.get(first), day) or BLANK


def _tidy(text: str) -> str:
    """What was filled in brings its own full stop, and its own 案; neither is said twice."""
    return re.sub(r"[。；，]+。", "。", text.replace("。的规定", "的规定").replace("案一案", "一案"))
