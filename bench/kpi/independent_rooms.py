"""The second computation's indicators of records, lists, inspections, cases, the exchange, campaigns and plans; see independent.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from independent import CITY, LEAD, Counted, Month, day_of, indicator, instant
from lawbook import DAY

YEAR = 12  # months


@indicator("PUBLISHED_ON_TIME")
def published(month: Month) -> Iterator[Counted]:
    """Permits and penalties that the law lets be published; a corrected record is the same decision."""
    for row in month.rows("records_record"):
        decided = day_of(row["decided_on"])
        if decided and not row["supersedes_id"] and month.law.double_publicity(row["item"], row["term"], decided):
            last = month.law.last("DOUBLE_PUBLICITY", decided)
            if month.has(last):
                yield row["department"], month.by(day_of(row["published_on"]), last), 1


@indicator("OBJECTIONS_ON_TIME")
def objections(month: Month) -> Iterator[Counted]:
    """One that was taken back by its last day needed no decision; taking it back later undoes no lateness."""
    for row in month.rows("records_objection"):
        last, done = day_of(row["due_on"]), day_of(row["decided_at"])
        if row["workflow"] == "records/objection":
            last = month.law.last("SHARE_CORRECT", day_of(row["raised_at"]) or date.min)
        if last and month.has(last):
            dropped = row["state"] == "DROPPED"
            if not dropped or not month.by(done, last):
                yield row["department"], int(not dropped and month.by(done, last)), 1


@indicator("OBJECTIONS_UPHELD")
def upheld(month: Month) -> Iterator[Counted]:
    for row in month.rows("records_objection"):
        if row["state"] in ("UPHELD", "REJECTED") and month.has(day_of(row["decided_at"])):
            yield row["department"], int(row["state"] == "UPHELD"), 1


@indicator("VISITS_ON_TIME")
def visits(month: Month) -> Iterator[Counted]:
    yield from month.due("inspection_task", "due_on", "ended_on")


@indicator("VISITS_PUBLISHED")
def visits_published(month: Month) -> Iterator[Counted]:
    for row in month.rows("inspection_task"):
        if ended := day_of(row["ended_on"]):
            last = month.law.last("INSPECT_PUBLICITY", ended)
            if month.has(last):
                yield row["department"], month.by(day_of(row["published_at"]), last), 1


@indicator("RED_LIST_USED")
def red_list(month: Month) -> Iterator[Counted]:
    used = month.grouped("lists_benefituse", "red_id", "given_on")
    for row in month.rows("lists_redentry"):
        listed, until, ended = (day_of(row[name]) for name in ("listed_on", "until", "ended_on"))
        if listed and until and listed <= month.until <= until and (ended is None or ended > month.until):
            given = [day_of(one["given_on"]) for one in used[row["id"]]]
            yield row["department"], int(any(month.by(day, month.until) for day in given)), 1


def _executor(month: Month) -> Iterator[tuple[dict[str, str], str]]:
    """Joint measures with who answers: a department for its own, the department that listed for those of platforms and banks."""
    listed_by = {row["id"]: row["department"] for row in month.rows("lists_listentry")}
    for row in month.rows("lists_task"):
        yield row, row["executor"] if row["executor_kind"] == "department" else listed_by[row["entry_id"]]


@indicator("LIST_FED_BACK")
def fed_back(month: Month) -> Iterator[Counted]:
    """A measure to be lifted again by its last day, before it was fed back, asks for no feedback any more."""
    removed = month.grouped("lists_step", "entry_id", "at", act="remove")
    for row, department in _executor(month):
        last, fed = day_of(row["due_on"]), day_of(row["fed_at"])
        if last and month.has(last):
            gone = [day_of(step["at"]) for step in removed[row["entry_id"]] if step["at"] >= row["pushed_at"]]
            if month.by(fed, last) or not any(month.by(day, last) for day in gone):
                yield department, month.by(fed, last), 1


@indicator("LIST_UNWOUND")
def unwound(month: Month) -> Iterator[Counted]:
    for row, department in _executor(month):
        last = day_of(row["lift_due_on"])
        if last and month.has(last):
            yield department, month.by(day_of(row["lifted_at"]), last), 1


@indicator("REPAIRS_ON_TIME")
def repairs(month: Month) -> Iterator[Counted]:
    """Two working days to accept or not; once accepted, seven to decide, ten more when extended. The later period counts."""
    for row in month.rows("lists_repairapplication"):
        applied, accepted, decided = (day_of(row[name]) for name in ("applied_on", "accepted_on", "decided_on"))
        assert applied
        last, done = month.law.last("REPAIR_ACCEPT", applied), accepted
        if accepted and row["state"] != "NOT_ACCEPTED":
            last, done = month.law.last("REPAIR_DECIDE", accepted, "REPAIR_DECIDE_EXT" if row["extended_by"] else ""), decided
        if month.has(last):
            yield row["department"], month.by(done, last), 1


@indicator("CASE_CLOCKS")
def case_clocks(month: Month) -> Iterator[Counted]:
    whose = {row["id"]: row["department"] for row in month.rows("cases_case")}
    for row in month.rows("cases_caseclock"):
        last = day_of(row["due_on"])
        if last and month.has(last):
            yield whose[row["case_id"]], month.by(day_of(row["stopped_on"]), last), 1


@indicator("TASKS_ON_TIME")
def plan_tasks(month: Month) -> Iterator[Counted]:
    """At the end of its last day the task stood reported: the last word by then was the department's report, not that it was sent back."""
    steps = month.grouped("coordination_taskstep", "task_id", "place", of="task")
    for row in month.rows("coordination_task"):
        last = day_of(row["due_on"])
        if last and month.has(last):
            words = [
                one["action"] for one in steps[row["id"]] if one["action"] in ("report", "send_back") and month.by(day_of(one["at"]), last)
            ]
            yield row["lead"], int(words[-1:] == ["report"]), 1


def _sent(month: Month, again: int) -> Iterator[Counted]:
    """A version that a newer one replaced by its last day, unsent, was not to be sent any more."""
    versions = month.grouped("exchange_exchangerow", "fact", "version")
    for every in versions.values():
        for row in every:
            last = day_of(row["due_on"])
            if last and month.has(last) and row["again"] == again:
                sent = month.by(day_of(row["sent_at"]), last)
                newer = any(one["version"] > row["version"] and month.by(day_of(one["made_at"]), last) for one in every)
                if sent or not newer:
                    yield row["department"], sent, 1


@indicator("SHARED_ON_TIME")
def shared(month: Month) -> Iterator[Counted]:
    yield from _sent(month, 0)


@indicator("CORRECTIONS_ON_TIME")
def corrections(month: Month) -> Iterator[Counted]:
    yield from _sent(month, 1)


@indicator("CAMPAIGNS_CLOSED")
def campaigns(month: Month) -> Iterator[Counted]:
    closed = {row["matter"]: day_of(row["at"]) for row in month.rows("campaigns_campaignstep") if row["action"] == "close"}
    for row in month.rows("campaigns_campaign"):
        last = day_of(row["ended_on"]) or day_of(row["ends_on"])
        if row["state"] not in ("DRAFTED", "REFUSED") and month.has(last):
            yield row["department"], month.by(closed.get(row["id"]), month.until), 1


@indicator("STREAMERS_TRAINED")
def streamers(month: Month) -> Iterator[Counted]:
    """At work on the last day; a year from the last training, or from the first day of work, was not over then."""
    revoked = {row["completion_id"]: day_of(row["at"]) for row in month.rows("campaigns_revocation")}
    trained = month.grouped("campaigns_completion", "streamer_id", "on")
    for row in month.rows("campaigns_streamer"):
        since, until = day_of(row["since"]), day_of(row["until"])
        if since and since <= month.until and (until is None or until >= month.until):
            days = [day_of(one["on"]) for one in trained[row["id"]] if not month.by(revoked.get(one["id"]), month.until)]
            begins = max([since, *(day for day in days if day and day <= month.until)])
            yield LEAD, int(_next_training(month, begins) >= month.until), 1


def _next_training(month: Month, day: date) -> date:
    """A year after a training; the year of an earlier one begins with the law."""
    begins = month.law.clocks["STREAMER_TRAINING"]["versions"][0]["valid_from"]
    return month.law.last("STREAMER_TRAINING", max(day, begins))


def _inspected(month: Month, risk_class: str) -> Iterator[Counted]:
    """Of a class by the month's assessment, or by the correction that held at its end; visited after a draw in the twelve months before."""
    by_lot = {row["id"] for row in month.rows("inspection_plan") if row["kind"] == "lot"}
    begun = month.law.months(month.until, -YEAR)
    visited = {
        row["subject_id"]
        for row in month.rows("inspection_task")
        if row["plan_id"] in by_lot and row["ended_on"] and begun < date.fromisoformat(row["ended_on"]) <= month.until
    }
    end = datetime.combine(month.until + DAY, time(), CITY)
    corrected = month.grouped("inspection_correction", "assessment_id", "proposed_at", state="APPROVED")
    for row in month.rows("inspection_assessment"):
        if day_of(row["month"]) == month.since:
            found = [(at, one["risk_class"]) for one in corrected[row["id"]] if (at := instant(one["decided_at"])) and at < end]
            if (max(found)[1] if found else row["risk_class"]) == risk_class:
                yield LEAD, int(row["subject_id"] in visited), 1


for one in "ABCD":
    indicator(f"INSPECTED_{one}")(lambda month, name=one: _inspected(month, name))
