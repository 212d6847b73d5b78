"""The demo city: its people at once, its register and half a year of reports in the background, then a look by every detector.

Nothing here takes a short cut: shops go through the register's own entry, facts through `accept_batch`, clues through the detectors.
"""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from django.conf import settings

from chengxin import city
from chengxin.accounts import actions as accounts
from chengxin.accounts.actor import of_user
from chengxin.accounts.models import User
from chengxin.campaigns import demo as campaigns
from chengxin.cases import demo as cases
from chengxin.city.sizes import Recipe
from chengxin.commitments import demo as commitments
from chengxin.compensation import demo as compensation
from chengxin.consumers import demo as consumers
from chengxin.consumers.exchange import demo as complaint_exchange
from chengxin.consumers.triage import demo as triage
from chengxin.coordination import demo as coordination
from chengxin.delivery import demo as delivery
from chengxin.detection import tasks as detection
from chengxin.detection.models import FoundRow
from chengxin.evaluation import demo as evaluation
from chengxin.exchange import demo as exchange
from chengxin.facts import actions as facts
from chengxin.insiders import demo as insiders
from chengxin.inspection import demo as inspection
from chengxin.jobs.actions import enqueue
from chengxin.jobs.run import JobRun
from chengxin.kernel import clock
from chengxin.lists import demo as lists
from chengxin.marks import demo as marks
from chengxin.payments import demo as payments
from chengxin.platforms import checking
from chengxin.platforms import demo as platforms
from chengxin.products import demo as products
from chengxin.publicity import demo as publicity
from chengxin.records import demo as records
from chengxin.rules import starting
from chengxin.subjects import actions as subjects
from chengxin.subjects import demo as doubles
from chengxin.subjects import entries
from chengxin.subjects.identifiers import resident_id_check_character
from chengxin.subjects.models import PaymentOrg, Platform, Shop, Subject
from chengxin.traceability import demo as traceability

ACTOR = "system:demo"
SEED = 5
PREVALENCE = {"S": 0.10, "M": 0.02}  # a small city needs more cheats to have something to show
KINDS = {"enterprise": "1", "household": "2", "cooperative": "3", "individual": "5"}
MERCHANTS = 3  # merchants one can sign in as

Row = dict[str, Any]


def open_city(size: str) -> None:
    """People and platforms now, everything else as a job; safe to call at every start."""
    tables = city.register_tables(size, SEED)
    firms = {row["subject_no"]: row for row in tables["subjects"].to_pylist()}
    platforms = tables["platforms"].to_pylist()
    for row in platforms:
        if not Platform.objects.filter(code=row["code"]).exists():
            _open_platform(row, firms[row["subject_no"]])
    accounts.make_demo_people(platforms=[row["code"] for row in platforms], colleagues=["SAMR"])
    title = {"zh": "载入演示城市", "en": "Load the demo city"}
    enqueue("chengxin.demo:load", title=title, owner=ACTOR, key=f"demo.{size}", size=size)


def load(size: str, job: JobRun | None = None) -> str:
    """Write the city, register its shops, report its facts, run the detectors. Every step is idempotent, so a killed job starts again."""
    folder = settings.DATA_DIR / "demo" / size
    if not (folder / "city.json").exists():
        _say(job, 0, 100, "生成城市 / making the city")
        city.write(folder, recipe=recipe(size))
    _register(folder, job)
    batches = city.batches(folder)
    for number, path in enumerate(batches):
        _say(job, 20 + 60 * number // len(batches), 100, f"{path.parent.name} {path.stem}")
        facts.accept_batch(path.parent.name, path.stem, path, "parquet", ACTOR)
    _say(job, 80, 100, "监测 / looking")
    said = detection.run(actor=ACTOR)
    _say(job, 95, 100, "试算并签发规则 / trying and signing rules")
    writer, signer = (of_user(User.objects.get(username=name)) for name in ("officer.samr", "head.samr"))
    starting.put_in_force(writer, signer, Recipe.days // 2)
    _say(job, 98, 100, "记入信用档案 / putting records on file")
    _records()
    _cases()
    _inspections()
    _say(job, 99, 100, "检查平台义务 / checking platforms' duties")
    _platforms()
    _marks()
    _say(job, 99, 100, "签署并核对信用承诺 / signing and measuring commitments")
    _commitments()
    _delivery()
    _evaluation()
    _complaints()
    _compensation()
    _insiders_and_triage()
    _products()
    _traceability()
    _campaigns()
    doubles.fill(*(of_user(User.objects.get(username=name)) for name in ("officer.samr", "officer2.samr")))
    publicity.fill(of_user(User.objects.get(username="officer.samr")))
    _exchange()
    _coordination()
    _say(job, 100, 100, said)
    return said


def _records() -> None:
    """Decisions about the merchants one can sign in as, entered and confirmed by two people of the department."""
    merchants = [of_user(user) for user in User.objects.filter(username__startswith="merchant").order_by("username")[:MERCHANTS]]
    known = Subject.objects.in_bulk([pk for one in merchants for pk in one.subjects])
    officer, reviewer = (of_user(User.objects.get(username=name)) for name in ("officer.samr", "reviewer.samr"))
    if merchants:
        subjects_of_theirs = [known[pk] for one in merchants for pk in one.subjects]
        records.put_on_file(subjects_of_theirs, officer, reviewer, merchants[0])
        lists.put_on_lists(subjects_of_theirs, {**_desks(), "last_merchant": merchants[-1]})


def _desks() -> dict[str, Any]:
    """Who has a part in lists: three of the market regulator, one of the province above, two of commerce, one of a platform."""
    accounts.make_demo_people(departments=("SAMRP",))
    platform = Platform.objects.order_by("code")[0].code
    names = {"officer": "officer.samr", "reviewer": "reviewer.samr", "head": "head.samr", "upper": "head.samrp", "commerce": "officer.com"}
    names["staff"] = f"staff.{platform.lower()}"
    return {part: of_user(User.objects.get(username=name)) for part, name in names.items()}


def _cases() -> None:
    """Penalty cases in many states against the firms behind the first shops."""
    first, second, reviewer, head = (
        of_user(User.objects.get(username=name)) for name in ("officer.samr", "officer2.samr", "reviewer.samr", "head.samr")
    )
    firms = list(Subject.objects.filter(kind="1", shops__isnull=False).distinct().order_by("name")[: len(cases.STORIES)])
    if firms:
        cases.open_cases(firms, cases.Cast(first, second, reviewer, head))


INSPECTING = ("officer.samr", "officer2.samr", "officer3.samr", "head.samr", "reviewer.samr", "officer.com", "head.com")


def _inspections() -> None:
    """A draw that was made and visited, one that waits, a warning to the first merchant."""
    people = {user.username: of_user(user) for user in User.objects.filter(username__in=INSPECTING)}
    merchants = [of_user(user) for user in User.objects.filter(username="merchant1")]
    inspection.inspect(people, list(Subject.objects.filter(pk__in=[pk for one in merchants for pk in one.subjects])))


def _platforms() -> None:
    """The platform whose shop the first merchant owns is filled; the duties of all are checked."""
    merchant = User.objects.filter(username__startswith="merchant").order_by("username").first()
    owner = of_user(merchant) if merchant else None
    own = Shop.objects.filter(subject__in=owner.subjects).select_related("platform").first() if owner else None
    platform = own.platform if own else Platform.objects.order_by("code").first()
    if platform is None:
        return
    names = (f"staff.{platform.code}", f"appeals.{platform.code}", "officer.samr", "reviewer.samr")
    staff, colleague, officer, reviewer = (of_user(User.objects.get(username=name.lower())) for name in names)
    platforms.fill(platform, staff, colleague, officer, reviewer, owner)
    first = PaymentOrg.objects.exclude(subject=None).order_by("code").first()
    accounts.make_demo_people(payers=[first.subject_id] if first and first.subject_id else [])
    payments.fill(platform, staff, of_user(User.objects.get(username="officer.com")))
    checking.run_checks(list(Platform.objects.exclude(pk=platform.pk)), ACTOR)


def _complaints() -> None:
    """Complaints about the first merchant's shop and another one, and two reports."""
    merchant = User.objects.filter(username__startswith="merchant").order_by("username").first()
    if merchant is None:
        return
    owner, officer, head = (
        of_user(one) for one in (merchant, *(User.objects.get(username=name) for name in ("officer.samr", "head.samr")))
    )
    own = list(Shop.objects.filter(subject__in=owner.subjects).select_related("platform", "subject")[:1])
    other = Shop.objects.filter(subject__isnull=False, platform=own[0].platform).exclude(pk=own[0].pk).first() if own else None
    consumers.fill([*own, *([other] if other else [])], officer, head, owner)
    complaint_exchange.fill([*own, *([other] if other else [])], officer)


def _marks() -> None:
    """Trusted marks of the merchants one can sign in as, and reports of imitation."""
    owners = [of_user(user) for user in User.objects.filter(username__startswith="merchant").order_by("username")[:MERCHANTS]]
    marks.fill(owners, of_user(User.objects.get(username="officer.samr")))


def _insiders_and_triage() -> None:
    """A sealed channel with two handlers, and complaints that are alike against three shops."""
    names = ("head.samr", "officer.samr", "officer2.samr")
    insiders.fill(*(of_user(User.objects.get(username=name)) for name in names))
    triage.fill(list(Shop.objects.exclude(subject=None).select_related("platform", "subject").order_by("token")[:3]))


COMMITTING = 12  # businesses that have signed, beside the merchants one can sign in as


def _commitments() -> None:
    """Letters of two departments; the merchants, some shops that a detector says send late, and a platform have signed."""
    desks = [[of_user(User.objects.get(username=f"{role}.{code}")) for role in ("officer", "reviewer")] for code in ("samr", "com")]
    mine = [pk for user in User.objects.filter(username__startswith="merchant").order_by("username") for pk in of_user(user).subjects]
    found = FoundRow.objects.filter(detector="promise_breach").values_list("shops", flat=True)[:COMMITTING]
    late = [token for shops in found for token in shops]
    behind = Shop.objects.filter(token__in=late).exclude(subject=None).values_list("subject_id", flat=True)
    others = Shop.objects.exclude(subject=None).order_by("token").values_list("subject_id", flat=True)[:COMMITTING]
    wanted = list(dict.fromkeys([*mine, *behind, *others]))[: COMMITTING + len(mine)]
    known = Subject.objects.in_bulk(wanted)
    (market, commerce), platform = [(one[0], one[1]) for one in desks], Platform.objects.order_by("code").first()
    commitments.fill(market, commerce, [known[pk] for pk in wanted], platform)


def _delivery() -> None:
    """Courier firms with subjects and outlets, one whose staff may sign in; ratings, incidents, a ban."""
    firms = delivery.register_firms()
    platform = Platform.objects.order_by("code").first()
    if not firms or platform is None:
        return
    accounts.make_demo_people(couriers=[firms[0].subject_id] if firms[0].subject_id else [])
    names = ("officer.post", "reviewer.post", "courier1", f"staff.{platform.code.lower()}")
    officer, reviewer, courier, staff = (of_user(User.objects.get(username=name)) for name in names)
    delivery.fill(firms, delivery.Cast(officer, reviewer, courier, staff, platform.code))


def _evaluation() -> None:
    """A published rule and the scores of all shops; the first merchant and its platform act on one."""
    merchant = User.objects.filter(username__startswith="merchant").order_by("username").first()
    owner = of_user(merchant) if merchant else None
    own = Shop.objects.filter(subject__in=owner.subjects).select_related("platform").first() if owner else None
    names = ("officer.samr", "reviewer.samr", f"staff.{own.platform.code.lower()}" if own else "")
    officer, reviewer, staff = (of_user(user) if (user := User.objects.filter(username=name).first()) else None for name in names)
    if officer and reviewer:
        evaluation.evaluate(officer, reviewer, staff, owner)


def _compensation() -> None:
    """The fund of the platform where the first merchant has a shop, with its claims."""
    merchant = User.objects.filter(username__startswith="merchant").order_by("username").first()
    owner = of_user(merchant) if merchant else None
    own = Shop.objects.filter(subject__in=owner.subjects).select_related("platform", "subject").first() if owner else None
    platform = own.platform if own else Platform.objects.order_by("code").first()
    if platform is None:
        return
    names = ("officer.com", "reviewer.com", "head.com", f"staff.{platform.code.lower()}")
    officer, reviewer, head, staff = (of_user(User.objects.get(username=name)) for name in names)
    compensation.fill(compensation.Cast(officer, reviewer, head, staff, owner), platform, own)


def _products() -> None:
    """Goods of the first merchant with their chains; one batch is called back by two of the market regulator."""
    merchant = User.objects.filter(username__startswith="merchant").order_by("username").first()
    owner = of_user(merchant) if merchant else None
    own = Shop.objects.filter(subject__in=owner.subjects).select_related("platform", "subject").first() if owner else None
    officer, head = (of_user(User.objects.get(username=name)) for name in ("officer.samr", "head.samr"))
    if owner and own:
        products.fill(owner, own, officer, head)


def _traceability() -> None:
    """Chains of the first two merchants' goods, up to the platform."""
    people = [of_user(user) for user in User.objects.filter(username__startswith="merchant").order_by("username")[:2]]
    known = Subject.objects.in_bulk([pk for one in people for pk in one.subjects])
    platform = Platform.objects.order_by("code").first()
    if len(known) > 1 and platform is not None:
        farm, packer = list(known.values())[:2]
        traceability.fill(farm, packer, platform.code, of_user(User.objects.get(username="officer.samr")))


def _campaigns() -> None:
    """Campaigns of the market regulator, stories about the merchants and the firms behind shops, streamers of the first platform."""
    names = ("officer.samr", "reviewer.samr", "head.samr", "officer.com")
    officer, reviewer, head, commerce = (of_user(User.objects.get(username=name)) for name in names)
    merchants = [of_user(user) for user in User.objects.filter(username__startswith="merchant").order_by("username")[:MERCHANTS]]
    platform = Platform.objects.order_by("code").first()
    if platform is None:
        return
    staff = of_user(User.objects.get(username=f"staff.{platform.code.lower()}"))
    theirs = [pk for one in merchants for pk in one.subjects]
    firms = Subject.objects.filter(kind="1", shops__isnull=False).exclude(pk__in=theirs).distinct().order_by("-name")[:5]
    known = [*Subject.objects.filter(pk__in=theirs).order_by("name"), *firms]
    campaigns.fill(campaigns.Cast(officer, reviewer, head, commerce, staff, merchants), platform, known)


def _exchange() -> None:
    """Rows of the market regulator through the stand-in upper platform; commerce asks for its data."""
    officer, reviewer, elsewhere = (of_user(User.objects.get(username=name)) for name in ("officer.samr", "reviewer.samr", "officer.com"))
    merchants = [of_user(user) for user in User.objects.filter(username__startswith="merchant").order_by("username")[:MERCHANTS]]
    known = list(Subject.objects.filter(pk__in=[pk for one in merchants for pk in one.subjects]))
    exchange.fill(officer, reviewer, elsewhere, known)


def _coordination() -> None:
    """The leading group's office confirms the plan; three departments do their part of it, the others are late."""
    accounts.make_demo_people(departments=("CREDITLG",))
    clerk, chief, leader = (of_user(User.objects.get(username=name)) for name in ("officer.creditlg", "head.creditlg", "leader"))
    officers = {code: of_user(User.objects.get(username=f"officer.{code.lower()}")) for code in ("SAMR", "COM", "POST")}
    coordination.fill(coordination.Cast(clerk, chief, leader, officers))


def recipe(size: str) -> Recipe:
    """Half a year that ends today."""
    start = clock.today() - timedelta(days=Recipe.days)
    return Recipe.of(size, seed=SEED, prevalence=PREVALENCE[size], start=start)


def _say(job: JobRun | None, done: int, total: int, note: str) -> None:
    if job:
        job.progress(done, total, note)


def _open_platform(row: Row, firm: Row) -> None:
    name = row["name"].removesuffix("有限公司")
    subjects.register_platform(row["code"], name, ACTOR, subject=_firm(firm["name"], firm), url=f"https://{row['domain']}/")


def _firm(name: str, firm: Row) -> Subject:
    entry = entries.SubjectEntry(kind="1", name=name, uscc=firm["uscc"], division="230499", address="示例市示例路1号", phone="10012340000")
    return subjects.register_subject(entry, ACTOR)


def _register(folder: Path, job: JobRun | None) -> None:
    """Shops, courier and payment firms of the register tables; then merchants who may sign in."""
    tables = {path.stem: pq.read_table(path).to_pylist() for path in (folder / "register").glob("*.parquet")}
    people = {row["subject_no"]: row for row in tables["subjects"]}
    for row in tables["couriers"]:
        subjects.register_courier_firm(row["code"], row["name"], ACTOR)
    for row in tables["payment_firms"]:
        if not PaymentOrg.objects.filter(code=row["code"]).exists():
            subjects.register_payment_org(row["code"], row["name"], ACTOR, subject=_firm(row["name"], people[row["subject_no"]]))
    for number, row in enumerate(tables["shops"]):
        _say(job, 5 + 15 * number // len(tables["shops"]), 100, row["name"])
        _open_shop(row, people[row["subject_no"]], number)
    behind = Shop.objects.exclude(subject=None).order_by("token").values_list("subject_id", flat=True)
    accounts.make_demo_people(subjects=list(dict.fromkeys(behind))[:MERCHANTS])


def _open_shop(row: Row, who: Row, number: int) -> None:
    """One shop through the register's own entry. One in nine was last verified too long ago, one in thirteen was never verified."""
    platform = Platform.objects.get(code=row["platform"])
    opened: date = row["opened_on"]
    given = {
        "shop_id": row["shop_id"],
        "shop_name": row["name"],
        "url": f"https://{row['platform']}.example/shop/{row['shop_id']}",
        "kind": KINDS[who["kind"]],
        "subject_name": who["name"],
        "uscc": who["uscc"],
        "address": f"示例市{row['category'].split('/')[0]}街{number + 1}号",
        "division": "230499",
        "phone": f"100{number:08d}",
        "categories": "other",
        "opened_on": opened.isoformat(),
        **_papers(who, number),
    }
    subjects.upsert_shop(platform, entries.parse(given), ACTOR)


def _papers(who: Row, number: int) -> dict[str, str]:
    papers: dict[str, str] = {}
    if who["kind"] == "individual":
        papers |= {"id_doc_type": "11", "id_doc_no": _resident_id(who["subject_no"]), "exemption": "E4"}
    else:
        papers |= {
            "licence_no": who["uscc"],
            "licence_issuer": "示例市市场监督管理局",
            "licence_issued_on": "2024-03-01",
            "licence_scope": "网上销售",
        }
    if number % 13:
        days = 200 if number % 9 == 0 else 10 + number % 160
        verified = clock.today() - timedelta(days=days)
        method = "id_service" if who["kind"] == "individual" else "register_match"
        papers |= {"verify_method": method, "verified_on": verified.isoformat(), "verifier": f"V{number % 40:03d}"}
        papers["evidence_hash"] = sha256(f"identity check of demo shop {number}".encode()).hexdigest()
    return papers


def _resident_id(number: int) -> str:
    """A resident id that can be nobody's: division 230499, born in the nineteenth century."""
    body = f"230499{1800 + number % 100}{1 + number % 12:02d}{1 + number % 28:02d}{number % 1000:03d}"
    return body + resident_id_check_character(body)
