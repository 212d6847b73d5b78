"""Who takes part in the tests of this room, and rows in any number."""

from __future__ import annotations

from datetime import date

from chengxin.accounts.access import Actor
from chengxin.accounts.actions import Scope, load_departments
from chengxin.accounts.actor import of_user
from chengxin.accounts.beginning import install_grant
from chengxin.accounts.models import User
from chengxin.exchange import collecting, fieldmaps, reading
from chengxin.exchange.models import ExchangeRow
from chengxin.kernel import clock
from chengxin.records.tests.people import PASSWORD, Town
from chengxin.subjects.models import Subject


def person(name: str, role: str, department: str) -> Actor:
    load_departments()
    user = User.objects.create_user(name, PASSWORD, display_name=name)
    install_grant(user, role, Scope(department=department))
    return of_user(user)


def penalty_values(subject: Subject, place: int, decided: date) -> dict[str, object]:
    """The values of an invented decision."""
    return {
        **collecting._party(subject),
        **collecting._department("SAMR", "示例市市场监督管理局"),
        "document_number": f"示市监处罚〔2026〕{place}号",
        "violation": "刷单炒信",
        "facts": "通过虚构交易提升店铺销量",
        "basis": "《中华人民共和国反不正当竞争法》第九条",
        "penalty_kind": "罚款",
        "penalty_text": "罚款80000.00元",
        "fine_fen": 8_000_000,
        "decided_on": decided,
        "shown_until": date(2099, 1, 1),
    }


def put_rows(subject: Subject, count: int) -> None:
    """Many rows at once, the same as collecting makes them one by one."""
    day = clock.today()
    form = fieldmaps.at(fieldmaps.PENALTY, day)
    made = []
    for place in range(count):
        content = fieldmaps.fill(form, penalty_values(subject, place, day))
        fact = f"records.record:TEST{place}"
        row = {"kind": form.kind, "map_version": form.version, "fact": fact, "version": 1, "department": "SAMR", "subject": subject}
        number, digest = collecting.number_of(form.kind, fact, 1), reading.digest(content)
        made.append(ExchangeRow(number=number, content=content, digest=digest, event_on=day, due_on=day, made_at=clock.now(), **row))
    ExchangeRow.objects.bulk_create(made, batch_size=500)


def desk(town: Town) -> tuple[Actor, Actor]:
    """Who collects, who approves."""
    return town.officer, town.reviewer
