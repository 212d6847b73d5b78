"""`chengxin detect --lake`: detectors over a plain folder, findings into files; a run that was killed goes on."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from tqdm import tqdm

from chengxin.detection import parts, plain, search
from chengxin.detection.errors import BadSetting
from chengxin.detectors import Detector
from chengxin.kernel.errors import ChengxinError

DEFAULT_OUT = Path("findings.parquet")


@dataclass(frozen=True)
class Asked:
    """What the command line says; days as YYYY-MM-DD, settings as DETECTOR.PARAMETER=VALUE."""

    lake: Path
    names: Sequence[str]
    since: str | None = None
    until: str | None = None
    out: Sequence[Path] = ()
    settings: Sequence[str] = ()
    memory_mb: int = 2048
    engine: plain.Engine = "duckdb"


def detect(asked: Asked) -> int:
    """Find, write, and say in a line what was written. The exit code: 0 done, 1 refused; then stderr has what, why and what to do."""
    try:
        return _detect(asked, list(asked.out) or [DEFAULT_OUT])
    except ChengxinError as error:
        print(told(error), file=sys.stderr)
        return 1


def _detect(asked: Asked, out: list[Path]) -> int:
    for path in out:
        plain.check_form(path)
    overrides = changed(search.choose(asked.names), asked.settings)
    for name, absent in plain.missing(asked.lake, asked.names).items():
        print(f"{name}: no {', '.join(absent)} in {asked.lake}; it looks without / 缺少这些数据，仅按其余数据监测", file=sys.stderr)
    work = out[0].with_name(f".{out[0].name}.parts")
    since, until = (date.fromisoformat(day) if day else None for day in (asked.since, asked.until))
    with tqdm(total=1, disable=not sys.stderr.isatty(), unit="detector") as bar:

        def show(done: int, total: int, note: str) -> None:
            bar.total, bar.n = total, done
            bar.set_description(note)

        found = plain.find(
            asked.lake, asked.names, since, until, overrides, memory_mb=asked.memory_mb, work=work, progress=show, engine=asked.engine
        )
    for path in out:
        plain.write(found, path)
    parts.forget(work)
    print(f"{len(found)} finding(s) / 条: {', '.join(map(str, out))}")
    return 0


def changed(chosen: Sequence[Detector], settings: Sequence[str]) -> search.Parameters:
    """{detector: {parameter: value}} of `brushing.score_min=0.7`; values are YAML. Raises BadSetting."""
    cards = {one.name: one for one in chosen}
    made: search.Parameters = {}
    for given in settings:
        path, sign, text = given.partition("=")
        name, _, parameter = path.partition(".")
        if not sign or name not in cards:
            raise BadSetting(given=given, why_zh=f"没有运行名为“{name}”的模型", why_en=f"no detector “{name}” is run")
        made.setdefault(name, {})[parameter] = _value(given, cards[name], parameter, text)
    return made


def _value(given: str, card: Detector, parameter: str, text: str) -> Any:
    if parameter not in card.params:
        known = ", ".join(card.params)
        raise BadSetting(given=given, why_zh=f"参数有：{known}", why_en=f"the parameters are {known}")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        value = None
    usual = card.params[parameter]
    number = isinstance(usual, int | float) and isinstance(value, int | float) and not isinstance(value, bool)
    if not number and type(value) is not type(usual):
        kind = type(usual).__name__
        raise BadSetting(given=given, why_zh=f"值应为 {kind}，如 {usual}", why_en=f"the value should be a {kind} such as {usual}")
    return value


def told(error: ChengxinError) -> str:
    """What, why and what to do, in the language of the terminal; no web application has to be set up for it."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    language = "zh" if spoken.startswith("zh") else "en"
    return f"chengxin: {error.code}: " + " ".join(
        text for text in (error.said(one, language) for one in (error.what, error.why, error.next)) if text
    )
