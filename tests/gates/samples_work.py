"""Ids of reports, clues, runs, jobs, the public search and the log for the access matrix; see samples.py."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from chengxin.accounts.actor import Actor, of_user
from chengxin.audit.canonical import canonical
from chengxin.detection.local import cases, package, rows, seeding
from chengxin.detection.local.models import SEALED, HeldFinding, LocalPackage, SeededSet
from chengxin.detection.local.tests import sent
from chengxin.detection.models import FoundRow, LearnedModel, LiveAlert, Run
from chengxin.facts import intake
from chengxin.facts.models import Receipt
from chengxin.facts.tests import sheets
from chengxin.jobs import actions as jobs
from chengxin.jobs import queries as jobs_of
from chengxin.jobs.models import Failure, Job, Outbox
from chengxin.kernel import clock, ids
from chengxin.kernel.encryption import encrypt
from chengxin.supervision import actions as desk
from chengxin.supervision.actions import open_from_findings, reserve
from chengxin.supervision.models import Clue, PlatformRequest, Waiting
from chengxin.supervision.tests import town
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_subjects import shops_of, subjects_of

DESK = {"officer": "all", "reviewer": "all", "head": "all"}
EVERYBODY = {"*": "all"}
QUESTION = "{platform}：请说明这些订单的买家与发货记录"

# ---- facts


def receipts_of(city: City) -> list[Receipt]:
    """A batch of each platform, of the shop that it registered, with a row set aside."""
    made = []
    for shop in city.once(shops_of):
        rows = [*(sheets.order(n, shop_id=shop.shop_id) for n in range(1, 5)), sheets.order(9, shop_id=shop.shop_id, paid="a lot")]
        made.append(intake.accept_batch(shop.platform, "order", sheets.ndjson(rows), "ndjson", "system:gate"))
    return made


@sample("facts:receipt", "facts:document", "api:receipt", "api:errors")
def receipts(city: City) -> Sample:
    a, b = city.once(receipts_of)
    return Sample({"id": a.pk}, {"id": b.pk}, DESK, marks=(city.platforms[1], b.identity))


@sample("facts:template", "api:schema_of", "api:report")
def kinds(city: City) -> Sample:
    """The kinds of facts are the same for everybody; the path names no one's object."""
    return Sample({"kind": "order"}, {"kind": "parcel"}, EVERYBODY)


# ---- supervision


@dataclass(frozen=True)
class Ring:
    """What a finding of the gate is made of: whose shop and orders, its accounts, and the behaviour, which says whose clue it is."""

    side: int
    accounts: tuple[int, ...]
    behaviour: str
    detector: str = "brushing"


def _clue(city: City, ring: Ring) -> Clue:
    shop, receipt = city.once(shops_of)[ring.side], city.once(receipts_of)[ring.side]
    facts = town.facts_of(shop.platform, "order")
    finding = replace(town.ring_finding([shop], ring.accounts, facts), behaviour=ring.behaviour, detector=ring.detector)
    (clue,) = open_from_findings(*town.run_with([finding]))
    assert clue.department == city.departments[ring.side]
    assert receipt.platform == shop.platform.code
    return clue


def clues_of(city: City) -> list[Clue]:
    """A clue on each department's desk; one account is in both, so that each is among the other's related clues."""
    return [_clue(city, Ring(0, (11, 12, 13, 10), "B01")), _clue(city, Ring(1, (21, 22, 23, 10), "B07"))]


@sample(
    "api:one",
    "supervision:clue",
    "supervision:start_check",
    "supervision:ask_platform",
    "supervision:ask_extension",
    "supervision:decide_extension",
    "supervision:judge",
    "supervision:dismiss",
    "supervision:hand_over",
)
def clues(city: City) -> Sample:
    a, b = city.once(clues_of)
    return Sample({"number": a.number}, {"number": b.number}, marks=(b.title_zh, b.title_en, str(b.pk)))


@sample("supervision:evidence")
def evidence(city: City) -> Sample:
    a, b = city.once(clues_of)
    return Sample({"number": a.number, "kind": "order"}, {"number": b.number, "kind": "order"})


def waiting_of(city: City) -> list[Waiting]:
    """What waits for each department beyond its week's budget; after all that opens clues, for they would take it along."""
    city.once(clues_of), city.once(requests_of)
    made = []
    for side, ring in enumerate((Ring(0, (41, 42, 43), "B01"), Ring(1, (51, 52, 53), "B07"))):
        shop = city.once(shops_of)[side]
        city.once(receipts_of)
        finding = town.ring_finding([shop], ring.accounts, town.facts_of(shop.platform, "order"))
        _, (found,) = town.run_with([replace(finding, behaviour=ring.behaviour, score=0.5)])
        made.append(reserve.do_wait(FoundRow.objects.get(pk=found)))
        assert made[-1].department == city.departments[side]
    return made


@sample("supervision:pull")
def waiting(city: City) -> Sample:
    a, b = city.once(waiting_of)
    return Sample({"id": a.pk}, {"id": b.pk}, marks=(b.title_zh, b.title_en, str(b.pk)))


def requests_of(city: City) -> list[PlatformRequest]:
    """A question to each platform about a clue of its own shop, asked by the officer who has that clue."""
    made = []
    for side, behaviour in enumerate(("B01", "B07")):
        clue = _clue(city, Ring(side, tuple(range(100 * side + 30, 100 * side + 34)), behaviour, "empty_parcel"))
        asker, platform = of_user(city.person("officer", side)), city.platforms[side]
        desk.start_check(asker, clue.pk)
        made.append(desk.ask_platform(asker, clue.pk, platform, QUESTION.format(platform=platform), 5))
    return made


@sample("supervision:request")
def requests(city: City) -> Sample:
    a, b = city.once(requests_of)
    return Sample({"id": a.pk}, {"id": b.pk}, marks=(b.question, b.clue.number))


# ---- findings made at platforms


LATE = {"code": "unopened", "weight": 0.75, "numbers": {"n": 90, "bad": 9, "expected": 1.0}}
FOUND_AT = ({}, {"detector": "courier_breach", "reasons": [LATE], "benign": []})  # a clue of either department


def packages_of(city: City) -> list[LocalPackage]:
    """A package of each platform with a finding about its own shop, which is a clue by then."""
    made = []
    for shop, about in zip(city.once(shops_of), FOUND_AT, strict=True):
        digests = [hashlib.sha256(shop.shop_id.encode()).hexdigest()]
        given = {"shops": [shop.shop_id], "digests": digests, "rows": {"price": 1}, "root": package.rows_root(digests)}
        found = sent.finding(**given, **about)
        made.append(sent.arrive(shop.platform, sent.body([found], platform=shop.platform.code)))
        open_from_findings(str(made[-1].run_id), [str(row.pk) for row in made[-1].run.found.all()])
    return made


def held_of(city: City) -> list[HeldFinding]:
    """The finding of each package, its rows asked for and handed over."""
    made = []
    for kept in city.once(packages_of):
        finding = kept.findings.get()
        clue = Clue.objects.get(sightings__finding_id=finding.found_id)
        asker = of_user(city.person("officer", city.departments.index(clue.department)))
        asked = desk.ask_platform(asker, clue.pk, kept.platform, QUESTION.format(platform=kept.platform), 5)
        rows.take(finding, asked.pk, [], "system:gate")
        made.append(finding)
    return made


@sample("detection:package")
def packages(city: City) -> Sample:
    a, b = city.once(packages_of)
    return Sample({"id": a.pk}, {"id": b.pk}, DESK)


@sample("supervision:held_rows")
def held(city: City) -> Sample:
    """Another department's clue, and the rows of another's finding."""
    a, b = city.once(held_of)
    numbers = [Clue.objects.get(sightings__finding_id=one.found_id).number for one in (a, b)]
    return Sample({"number": numbers[0], "held": a.pk}, {"number": numbers[1], "held": b.pk})


@sample("api:rows_of_finding")
def asked_rows(city: City) -> Sample:
    """A request to the platform."""
    a, b = (PlatformRequest.objects.get(clue__sightings__finding_id=one.found_id) for one in city.once(held_of))
    return Sample({"id": a.pk}, {"id": b.pk})


def seeded_of(city: City) -> list[SeededSet]:
    """A set of cases for each platform; whoever leads a check sees both."""
    day = clock.today().replace(day=1)
    made = []
    for platform in city.platforms:
        plan = cases.draw(1, platform, day, day + timedelta(days=31), 1, [])
        given = {"since": plan.since, "until": plan.until, "made_by": "system:gate", "made_at": clock.now()}
        text = canonical({**asdict(plan), "nonce": "", "files": {}})
        made.append(
            SeededSet.objects.create(platform=platform, count=1, commitment=seeding.commitment(text), sealed=encrypt(text, SEALED), **given)
        )
    return made


@sample("detection:seeded", "detection:seeded_rows", "detection:seeded_reveal")
def seeded(city: City) -> Sample:
    a, b = city.once(seeded_of)
    return Sample({"id": a.pk}, {"id": b.pk}, DESK)


# ---- detection and jobs


def runs_of(city: City) -> list[Run]:
    """The runs that the officers of both departments started."""
    made = []
    for side in (0, 1):
        run = Run.objects.get(pk=town.run_with([])[0])
        run.started_by = str(of_user(city.person("officer", side)))
        run.save()
        made.append(run)
    return made


@sample("detection:run")
def runs(city: City) -> Sample:
    """A run belongs to the city: whoever works on clues sees all of them."""
    a, b = city.once(runs_of)
    return Sample({"run_id": a.pk}, {"run_id": b.pk}, DESK)


@sample("detection:detector")
def detectors(city: City) -> Sample:
    """The figures of a detector are the city's, like its runs."""
    return Sample({"detector": "brushing"}, {"detector": "empty_parcel"}, DESK)


def models_of(city: City) -> list[LearnedModel]:
    """Two models that were trained; whoever works on clues sees all of them."""
    report = {"auc": 0.9, "trivial": {"score": 0.6}, "calibration": [], "late": 9, "late_confirmed": 4, "features": {}}
    report["scores"] = {"edges": [0.5], "shares": [0.5, 0.4, 0.1]}
    about = {"training_root": "0" * 64, "verdicts": 90, "confirmed": 40, "features": [], "features_version": "0", "parameters": {}}
    return [
        LearnedModel.objects.create(
            number=number, sha256=f"{number:064x}", report=report, trained_at=clock.now(), trained_by="system:gate", **about
        )
        for number in (71, 72)
    ]


@sample("detection:learned", "detection:propose", "detection:put_in_use", "detection:retire")
def models(city: City) -> Sample:
    a, b = city.once(models_of)
    return Sample({"model": a.number}, {"model": b.number}, DESK)


def alerts_of(city: City) -> list[LiveAlert]:
    """An alert about a shop of each side that came to nothing."""
    made = []
    for side in (0, 1):
        shop, now = 7_700_000 + side, clock.now()
        numbers = {"n": 9, "trades": 90, "share": 10.0, "accounts": 4}
        given = {"code": "doubtful", "n": 9, "numbers": numbers, "detector": "brushing", "at": now, "looked_at": now}
        made.append(LiveAlert.objects.create(batch=ids.new_id(), shop=shop, shops=[shop], **given))
    return made


def complaints_of(city: City) -> list[str]:
    """Three complaints that say the same to each platform; the number of the first."""
    words = ("收到的黑木耳有霉味，客服三天没有回复，请退还货款并处理此店铺", "快递员把包裹放在楼下就走了，里面的瓷碗全部碎裂，要求赔偿损失")
    for shop, text in zip(city.once(shops_of), words, strict=True):
        rows = [
            {
                "complaint_no": f"{shop.platform}-{n}",
                "shop_id": shop.shop_id,
                "complainant": f"U{n}",
                "text": text,
                "filed_at": f"2026-11-0{n}T10:00:00+08:00",
            }
            for n in range(1, 4)
        ]
        intake.accept_batch(shop.platform, "complaint", sheets.ndjson(rows), "ndjson", "system:gate")
    return [f"{shop.platform}-1" for shop in city.once(shops_of)]


def _job(owner: Actor, title: str) -> Job:
    return jobs.enqueue("chengxin.gates:nothing", title={"zh": title, "en": title}, owner=owner.id)


def jobs_of_people(city: City) -> dict[tuple[str, int], Job]:
    """A job of everybody's own."""
    return {(role, side): _job(of_user(user), f"job of {role} on side {'ab'[side]}") for (role, side), user in city.people.items()}


@sample("jobs:job", "jobs:progress")
def own_jobs(city: City) -> Sample:
    """Everybody sees their own; another's is one of the same role on the other side."""
    made = city.once(jobs_of_people)
    own = {role: {"number": job.pk} for (role, side), job in made.items() if side == 0}
    stranger = made["officer", 1]
    return Sample(own["officer"], {"number": stranger.pk}, {"sysadmin": "all"}, of_role=own, marks=(stranger.title_zh,))


@sample("jobs:retry_job")
def dead_jobs(city: City) -> Sample:
    """Given up; the system administrator tries anybody's anew."""
    a, b = (_job(of_user(city.person("officer", side)), "given up") for side in (0, 1))
    Job.objects.filter(pk__in=[a.pk, b.pk]).update(state=Job.State.FAILED, error="gate", finished_at=clock.now())
    assert jobs_of.dead_jobs().count() == 2
    return Sample({"number": a.pk}, {"number": b.pk}, {"sysadmin": "all"})


@sample("jobs:retry_event")
def dead_events(city: City) -> Sample:
    """Events have no owner."""
    made = []
    for _side in (0, 1):
        row = Outbox.objects.create(event="gate", payload="{}", state=Outbox.State.DEAD)
        Failure.objects.create(outbox=row, handler="gate", attempts=9, next_at=clock.now(), error="gate", dead=True)
        made.append(row)
    return Sample({"number": made[0].pk}, {"number": made[1].pk}, {"sysadmin": "all"})


# ---- what is everybody's


@sample("publicity:subject", "api:subject")
def public_subjects(city: City) -> Sample:
    """The public card is anybody's, signed in or not."""
    a, b = city.once(subjects_of)
    return Sample({"id": a.pk}, {"id": b.pk}, EVERYBODY)


@sample("audit:leaf", "api:leaf", "api:proof")
def leaves(city: City) -> Sample:
    """The log is public; what is personal stands outside the leaf."""
    return Sample({"index": 0}, {"index": 1}, EVERYBODY)
