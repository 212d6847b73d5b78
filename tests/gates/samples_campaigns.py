"""Campaigns, stories, streamers for the access matrix, their lists, and what the contract gate asks; see samples.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chengxin.accounts.access import Actor
from chengxin.accounts.actor import of_user
from chengxin.campaigns import actions, courses
from chengxin.campaigns.models import Activity, Campaign, CampaignTask, Completion, Handover, Story, Streamer
from chengxin.campaigns.tests.people import plan
from chengxin.kernel import clock
from chengxin.subjects.models import Platform
from tests.gates.contract import Request
from tests.gates.listings import EXPORTS, WITHOUT, Listing, listing
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_records import records_of
from tests.gates.samples_subjects import platforms_of, subjects_of
from tests.gates.samples_work import clues_of

if TYPE_CHECKING:
    from tests.gates.happy_paths import World

DESK = {"officer": "all", "reviewer": "all", "head": "all"}
ALL = {"*": "all"}


def _of(city: City, role: str, side: int) -> Actor:
    return of_user(city.person(role, side))


def campaigns_of(city: City) -> list[Campaign]:
    """One of each department alone, running."""
    made = []
    for side, department in enumerate(city.departments):
        drafted = actions.draft_campaign(_of(city, "officer", side), department, plan(title=f"门{'甲乙'[side]}专项行动", members=[]))
        made.append(actions.approve_campaign(_of(city, "head", side), drafted.number))
    return made


def tasks_of(city: City) -> list[CampaignTask]:
    made = []
    for side, campaign in enumerate(city.once(campaigns_of)):
        made.append(actions.give_task(_of(city, "officer", side), campaign.number, campaign.department, "门的任务内容", campaign.ends_on))
    return made


def handovers_of(city: City) -> list[Handover]:
    """A clue of each department that went to another region."""
    now, made = clock.today(), []
    for side, clue in enumerate(city.once(clues_of)):
        paper = {"paper": clue.pk, "paper_number": f"门函{side}号", "sent_on": now, "due_on": now}
        rest = {"department": city.departments[side], "division": "230100", "authority": f"门{'甲乙'[side]}局", "facts": "疑似刷单"}
        made.append(Handover.objects.create(number=f"YJGATE{side}", clue=clue, **rest, **paper))
    return made


def stories_of(city: City) -> list[Story]:
    """A bad example of each department, public: of the records that two of its people put on file."""
    made = []
    for side, record in enumerate(city.once(records_of)):
        officer = _of(city, "officer", side)
        one = actions.draft_bad(officer, city.departments[side], record.number, f"门{'甲乙'[side]}失信案例")
        actions.check_facts(officer, one.number)
        actions.redact(officer, one.number)
        actions.approve_story(_of(city, "reviewer", side), one.number)
        made.append(actions.publish_story(officer, one.number))
    return made


def asked_of(city: City) -> list[Story]:
    """A good example of each merchant, whose consent is asked. Their records in publicity would stop it: it is put in by hand."""
    made = []
    for side, subject in enumerate(city.once(subjects_of)):
        given = {"kind": "GOOD", "state": "REDACTED", "consent": "asked", "author": f"user:{side}", "author_name": "门"}
        title = f"门{'甲乙'[side]}诚信案例"
        rest = {"department": city.departments[side], "subject": subject, "draft": title, "text": title, "title": title}
        made.append(Story.objects.create(number=f"DXGATE{side}", **given, **rest))
    return made


def activities_of(city: City) -> list[Activity]:
    given = {"occasion": "credit_day", "on": clock.today(), "plan": "现场答疑"}
    return [
        actions.plan_activity(_of(city, "officer", side), city.departments[side], {**given, "title": f"门{'甲乙'[side]}宣传活动"})
        for side in (0, 1)
    ]


def streamers_of(city: City) -> list[Streamer]:
    made = []
    for side, platform in enumerate(platforms_of(city)):
        made.append(actions.name_streamer(_of(city, "platform_staff", side), platform, f"gate-live-{'ab'[side]}", clock.today())[0])
    return made


def completions_of(city: City) -> list[Completion]:
    """A course passed by each merchant, and a training of each platform's streamer."""
    city.once(streamers_of)
    course = courses.course("honest_trade")
    right = [one.right for one in course.questions]
    for side, (subject, platform) in enumerate(zip(city.once(subjects_of), platforms_of(city), strict=True)):
        actions.take_quiz(_of(city, "merchant", side), course, right, subject=subject)
        staff = _of(city, "platform_staff", side)
        actions.report_training(staff, platform, f"gate-live-{'ab'[side]}", "年度合规培训", clock.today(), f"PX-{side}")
    return list(Completion.objects.filter(streamer__in=[one.pk for one in city.once(streamers_of)]).order_by("streamer__platform__code"))


# ---- ids


@sample("campaigns:campaign", "campaigns:change")
def campaigns(city: City) -> Sample:
    city.once(tasks_of)
    a, b = city.once(campaigns_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("campaigns:counted")
def counted(city: City) -> Sample:
    a, b = city.once(campaigns_of)
    return Sample({"number": a.number, "code": "clues_opened"}, {"number": b.number, "code": "clues_opened"})


@sample("campaigns:handover")
def handovers(city: City) -> Sample:
    a, b = city.once(handovers_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("campaigns:new_handover")
def clues(city: City) -> Sample:
    a, b = city.once(clues_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("campaigns:story")
def stories(city: City) -> Sample:
    a, b = city.once(stories_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("campaigns:my_story")
def own_stories(city: City) -> Sample:
    a, b = city.once(asked_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("campaigns:public_story", "campaigns:plain")
def public_stories(city: City) -> Sample:
    a, b = city.once(stories_of)
    return Sample({"number": a.number}, {"number": b.number}, ALL)


@sample("campaigns:poster")
def posters(city: City) -> Sample:
    a, b = city.once(stories_of)
    return Sample({"number": a.number, "form": "svg"}, {"number": b.number, "form": "svg"}, ALL)


@sample("campaigns:activity")
def activities(city: City) -> Sample:
    a, b = city.once(activities_of)
    return Sample({"number": a.number}, {"number": b.number}, DESK)


@sample("campaigns:change_activity")
def activities_to_change(city: City) -> Sample:
    a, b = city.once(activities_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("campaigns:completion")
def completion_page(city: City) -> Sample:
    a, b = city.once(completions_of)
    return Sample({"pk": a.pk}, {"pk": b.pk}, DESK)


@sample("campaigns:course")
def public_courses(city: City) -> Sample:
    return Sample({"code": "honest_trade"}, {"code": "live_selling"}, ALL)


@sample("campaigns:my_course")
def own_courses(city: City) -> Sample:
    return Sample({"code": "honest_trade"}, {"code": "live_selling"}, {"merchant": "all"})


# ---- lists


@listing("campaigns:desk")
def desk(city: City) -> Listing:
    a, b = city.once(campaigns_of)
    return Listing(a.number, b.number)


@listing("campaigns:campaigns")
def every_campaign(city: City) -> Listing:
    a, b = city.once(campaigns_of)
    return Listing(a.number, b.number, queries=EXPORTS)


@listing("campaigns:handovers")
def every_handover(city: City) -> Listing:
    a, b = city.once(handovers_of)
    return Listing(a.number, b.number, queries=EXPORTS)


@listing("campaigns:desk_stories")
def desk_stories(city: City) -> Listing:
    a, b = city.once(stories_of)
    return Listing(a.number, b.number, queries=EXPORTS)


@listing("campaigns:stories", "campaigns:feed", "api:public_stories")
def told(city: City) -> Listing:
    a, b = city.once(stories_of)
    return Listing(a.number, b.number, ALL)


@listing("campaigns:activities")
def planned(city: City) -> Listing:
    a, b = city.once(activities_of)
    return Listing(a.number, b.number, DESK, EXPORTS)


@listing("campaigns:calendar")
def public_activities(city: City) -> Listing:
    a, b = city.once(activities_of)
    return Listing(a.title, b.title, ALL)


@listing("campaigns:my_courses")
def asked_of_me(city: City) -> Listing:
    a, b = city.once(asked_of)
    return Listing(a.number, b.number)


@listing("campaigns:streamers", "api:streamers")
def own_streamers(city: City) -> Listing:
    a, b = city.once(streamers_of)
    return Listing(a.account, b.account)


@listing("campaigns:completions", "api:course_completions")
def own_completions(city: City) -> Listing:
    city.once(completions_of)
    a, b = city.once(streamers_of)
    return Listing(a.account, b.account)


@listing("campaigns:overdue")
def every_streamer(city: City) -> Listing:
    """Desks see all by the last four signs and the platform."""
    a, b = city.once(streamers_of)
    return Listing(a.platform.name, b.platform.name, DESK, EXPORTS)


@listing("campaigns:all_completions")
def every_completion(city: City) -> Listing:
    """Desks see all by the last four signs; the title of the platform's training tells nothing of whose."""
    a, b = city.once(completions_of)
    return Listing(str(a.pk), str(b.pk), DESK)


WITHOUT |= {
    "campaigns:courses": "the same for everybody",
    "campaigns:new_campaign": "a form",
    "campaigns:new_bad": "a form; the record it takes is public",
    "campaigns:new_good": "a form",
    "campaigns:new_activity": "a form",
    "campaigns:new_streamer": "a form",
    "campaigns:new_training": "a form",
    "api:name_streamer": "names an account of the caller's platform",
    "api:report_training": "of an account of the caller's platform; another's is missing",
}


# ---- what the contract gate asks


def streamed(world: World) -> str:
    """An account that the machine's platform has named."""
    account = f"live-{Streamer.objects.count():04d}"
    platform = Platform.objects.get(code=world.platform.code)
    actions.name_streamer(Actor(id="system:gate", name="门"), platform, account, clock.today())
    return account


def _with_streamer(world: World) -> Request:
    account = streamed(world)
    training = {"account": account, "title": "年度合规培训", "on": clock.today(), "proof": "PX-0001"}
    actions.report_training(Actor(id="system:gate", name="门"), Platform.objects.get(code=world.platform.code), **training)
    return Request("client")


HAPPY: dict[str, Callable[[World], Request]] = {
    "GET /api/v1/public/stories": lambda w: Request("anonymous"),
    "GET /api/v1/streamers": _with_streamer,
    "GET /api/v1/course-completions": _with_streamer,
    "POST /api/v1/streamers": lambda w: Request("client", body={"account": "live-9001", "since": clock.today().isoformat()}),
    "POST /api/v1/streamer-trainings": lambda w: Request(
        "client",
        body={"account": streamed(w), "title": "年度合规培训", "on": clock.today().isoformat(), "proof": "PX-0002"},
    ),
}
