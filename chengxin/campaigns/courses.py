"""Courses as data: courses/*.yaml with pages to read, questions with one right answer each, and how many must be right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chengxin.kernel.errors import NotFound

HERE = Path(__file__).with_name("courses")
Pair = Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """`right`: the place of the right answer, from 0."""

    ask: Pair
    answers: tuple[Pair, ...]
    right: int


@dataclass(frozen=True)
class Reading:
    """One page of a course with the provisions it rests on."""

    title: Pair
    text: Pair
    provisions: tuple[str, ...]


@dataclass(frozen=True)
class Course:
    """`audience`: merchant, streamer; `needed`: right answers to pass."""

    code: str
    zh: str
    en: str
    audience: tuple[str, ...]
    version: str
    needed: int
    pages: tuple[Reading, ...]
    questions: tuple[Question, ...]

    def right(self, given: Sequence[int]) -> int:
        """How many of the answers are right."""
        return sum(one.right == answer for one, answer in zip(self.questions, given, strict=True))


@cache
def courses() -> Mapping[str, Course]:
    """Every course by its code."""
    return {path.stem: _course(path) for path in sorted(HERE.glob("*.yaml"))}


def course(code: str) -> Course:
    """One course. Raises NotFound."""
    found = courses().get(code)
    if found is None:
        raise NotFound
    return found


def _course(path: Path) -> Course:
    given: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Course(
        code=path.stem,
        zh=given["zh"],
        en=given["en"],
        audience=tuple(given["for"]),
        version=given["version"],
        needed=given["pass"],
        pages=tuple(Reading(one["title"], one["text"], tuple(one["provisions"])) for one in given["pages"]),
        questions=tuple(Question(one["ask"], tuple(one["answers"]), one["right"]) for one in given["questions"]),
    )
