"""The cast of commitments' tests, a record in publicity, and a plan of a campaign."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.campaigns import actions
from chengxin.campaigns.models import Campaign, Story
from chengxin.commitments.tests.people import NAMES, PASSWORD, Town, town
from chengxin.kernel import clock
from chengxin.records import actions as records
from chengxin.records.models import Record
from chengxin.subjects.models import Subject

__all__ = ["NAMES", "PASSWORD", "Town", "campaign", "on_file", "published_bad", "redacted", "town"]
SUMMARY = "通过虚构交易提升店铺销量 312 单"


def on_file(officer: Actor, reviewer: Actor, subject: Subject, number: int = 31, ago: int = 10) -> Record:
    """A penalty in publicity, put on file by two people."""
    decided = clock.today() - timedelta(days=ago)
    content: dict[str, Any] = {
        "item": "PENALTY",
        "term": "ORDINARY",
        "behaviour": "B01",
        "penalty_kind": "21",
        "amount_fen": 8_000_000,
        "summary": SUMMARY,
        "basis": "《中华人民共和国反不正当竞争法》第九条第一款",
        "maker": "示例市市场监督管理局",
        "document_number": f"示市监罚〔{decided.year}〕{number}号",
        "document_hash": sha256(b"decision").hexdigest(),
        "decided_on": decided,
    }
    proposal = records.propose_record(officer, subject.pk, "SAMR", content)
    made = records.confirm(reviewer, proposal.pk).made
    assert made
    return made


def plan(**more: Any) -> dict[str, Any]:
    today = clock.today()
    given: dict[str, Any] = {
        "title": "网络刷单炒信专项整治行动",
        "members": ["COM", "POST"],
        "behaviours": ["B01", "B02"],
        "goods": [],
        "plans": [],
        "targets": {"clues_opened": 10},
        "basis": "《示例市电子商务诚信建设实施方案》（十八）",
        "starts_on": today - timedelta(days=4),
        "ends_on": today + timedelta(days=5),
    }
    return {**given, **more}


def campaign(cast: Town, **more: Any) -> Campaign:
    """Drafted by the officer, approved by the head: running."""
    made = actions.draft_campaign(cast.officer, "SAMR", plan(**more))
    return actions.approve_campaign(cast.head, made.number)


def redacted(cast: Town, story: Story) -> Story:
    actions.check_facts(cast.officer, story.number)
    return actions.redact(cast.officer, story.number)


def published_bad(cast: Town, record: Record) -> Story:
    """From the record to the public page."""
    made = actions.draft_bad(cast.officer, "SAMR", record.number, "刷单三百单，罚款八万元")
    redacted(cast, made)
    actions.approve_story(cast.reviewer, made.number)
    return actions.publish_story(cast.officer, made.number)
