"""Ids of platforms' duties, measures and talks for the access matrix; see samples.py."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.accounts.actor import of_user
from chengxin.kernel import clock
from chengxin.platforms import actions, checking
from chengxin.platforms.models import ClueReport, Interview, Measure, Notice, RuleVersion, SelfReport
from chengxin.platforms.papers import File
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_subjects import platforms_of, shops_of, subjects_of

DESK = {"officer": "all", "reviewer": "all", "head": "all"}
EVERYBODY = {"*": "all"}
CONDUCT = ("B01", "B22")  # the first is the market regulator's, the second the postal administration's


def _of(city: City, role: str, side: int) -> Actor:
    return of_user(city.person(role, side))


def measures_of(city: City) -> list[Measure]:
    """A published measure of each platform against the shop of each merchant."""
    subjects_of(city)
    made = []
    for side, shop in enumerate(city.once(shops_of)):
        shop.subject_id = city.subjects[side]
        shop.save()
        (answer,) = actions.report_measures(_of(city, "platform_staff", side), shop.platform, [_measure(shop.shop_id, f"GM{'甲乙'[side]}")])
        assert answer.measure
        made.append(answer.measure)
    return made


def _measure(shop_id: str, number: str) -> dict[str, Any]:
    now, today = clock.now(), clock.today()
    texts = {"facts": "门的事实说明", "reason": "门的理由说明", "basis": "平台规则第十二条", "appeal_way": "商家后台"}
    days = {"decided_at": now, "noticed_at": now, "since": today, "until": today + timedelta(days=30)}
    return {"measure_no": number, "shop_id": shop_id, "action": "W4", "behaviour": "", "automated": False, **texts, **days}


def clues_of(city: City) -> list[ClueReport]:
    made = []
    for side, shop in enumerate(city.once(shops_of)):
        given = {"report_no": f"GC{side}", "shop_id": shop.shop_id, "behaviour": CONDUCT[side], "facts": f"门{'甲乙'[side]}的违法事实"}
        made.append(actions.report_clue(_of(city, "platform_staff", side), shop.platform, given))
    assert [one.department for one in made] == list(city.departments)
    return made


def interviews_of(city: City) -> list[Interview]:
    """A talk of each department with each platform, served: its notice is a paper."""
    made = []
    for side, platform in enumerate(platforms_of(city)):
        said = {
            "matters": f"门{'甲乙'[side]}的约谈事项",
            "duties": ["D08"],
            "at": clock.now(),
            "place": "三楼会议室",
            "persons": "合规负责人",
        }
        officer = _of(city, "officer", side)
        talk = actions.plan_interview(officer, platform, city.departments[side], **said)
        made.append(actions.serve_interview(officer, talk.number, "王经办", "0468-0000000"))
    return made


def notices_of(city: City) -> list[Notice]:
    made = []
    for side, platform in enumerate(platforms_of(city)):
        until = clock.today() + timedelta(days=9)
        said: dict[str, Any] = {"title": f"门{'甲乙'[side]}的风险提示", "text": "请加强核查。", "until": until}
        written = actions.write_notice(_of(city, "officer", side), "risk", city.departments[side], [platform], **said)
        made.append(actions.issue_notice(_of(city, "reviewer", side), written.number))
    return made


def reports_of(city: City) -> list[SelfReport]:
    made = []
    for side, platform in enumerate(platforms_of(city)):
        evidence = File("说明.txt", b"see", "text/plain")
        made.append(actions.self_report(_of(city, "platform_staff", side), platform, "D24", f"门{'甲乙'[side]}的自报", evidence))
    checking.run_checks(platforms_of(city), "system:gate")
    return made


def rules_of(city: City) -> list[RuleVersion]:
    made = []
    for side, platform in enumerate(platforms_of(city)):
        given = {"kind": "R2", "title": f"门{'甲乙'[side]}的规则", "version": "1.0", "url": "https://p.example/r", "text": "第一条"}
        days = {"published_on": clock.today(), "effective_on": clock.today()}
        made.append(actions.add_rule_version(_of(city, "platform_staff", side), platform, {**given, **days}))
    return made


def _numbers(rows: list[Any], sees: dict[str, str] | None = None) -> Sample:
    a, b = rows
    return Sample({"number": a.number}, {"number": b.number}, sees or {})


@sample("platforms:measure", "platforms:my_measure", "api:take_step")
def own_measures(city: City) -> Sample:
    """The platform's own, and the merchant's own."""
    return _numbers(city.once(measures_of))


@sample("platforms:officer_measure")
def measures_for_officers(city: City) -> Sample:
    return _numbers(city.once(measures_of), DESK)


@sample("platforms:statement", "api:one_statement")
def public_measures(city: City) -> Sample:
    return _numbers(city.once(measures_of), EVERYBODY)


@sample("platforms:day_file")
def day_files(city: City) -> Sample:
    """A day's file is everybody's; the path names no one's object."""
    city.once(measures_of)
    day = clock.today()
    return Sample({"day": day, "form": "json"}, {"day": day, "form": "csv"}, EVERYBODY)


@sample("platforms:public")
def public_platforms(city: City) -> Sample:
    a, b = platforms_of(city)
    return Sample({"code": a.code}, {"code": b.code}, EVERYBODY)


@sample("platforms:rule")
def rules(city: City) -> Sample:
    a, b = city.once(rules_of)
    return Sample({"id": a.pk}, {"id": b.pk}, EVERYBODY)


@sample("platforms:my_duty")
def own_duties(city: City) -> Sample:
    city.once(reports_of)
    a, b = platforms_of(city)
    return Sample({"code": a.code, "duty": "D24"}, {"code": b.code, "duty": "D24"})


@sample("platforms:duty")
def duties(city: City) -> Sample:
    a, b = platforms_of(city)
    return Sample({"code": a.code, "duty": "D08"}, {"code": b.code, "duty": "D08"}, DESK)


@sample("platforms:scorecard", "platforms:scorecard_paper", "platforms:plan_interview")
def scorecards(city: City) -> Sample:
    """Every desk reads every platform's scorecard."""
    a, b = platforms_of(city)
    return Sample({"code": a.code}, {"code": b.code}, DESK)


@sample("platforms:verify_report")
def self_reports(city: City) -> Sample:
    a, b = city.once(reports_of)
    return Sample({"id": a.pk}, {"id": b.pk}, DESK)


@sample("platforms:clue_report", "api:clue_state")
def clue_reports(city: City) -> Sample:
    """Only the department that it was routed to, and the platform that made it."""
    return _numbers(city.once(clues_of))


@sample("platforms:interview", "platforms:my_interview")
def interviews(city: City) -> Sample:
    return _numbers(city.once(interviews_of))


@sample("platforms:notice", "platforms:my_notice")
def notices(city: City) -> Sample:
    return _numbers(city.once(notices_of))


@sample("platforms:my_paper")
def papers(city: City) -> Sample:
    a, b = city.once(interviews_of)
    return Sample({"pk": a.papers[0]["id"]}, {"pk": b.papers[0]["id"]})
