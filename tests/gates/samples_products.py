"""Products, batches, findings and recalls for the access matrix, their lists, and what the contract gate asks; see samples.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chengxin.accounts.actor import of_user
from chengxin.kernel import clock, ids
from chengxin.products import actions
from chengxin.products.models import Batch, Certificate, ChainFinding, ChainRun, Product, Recall, RecallTask
from chengxin.subjects.models import Platform
from tests.gates.contract import Request
from tests.gates.listings import EXPORTS, WITHOUT, Listing, listing
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_subjects import platforms_of, subjects_of

if TYPE_CHECKING:
    from tests.gates.happy_paths import World

DESK = {"officer": "all", "reviewer": "all", "head": "all"}
ALL = {"*": "all"}
GTINS = ("09520000001117", "09520000001124")


def products_of(city: City) -> list[Product]:
    subjects_of(city)
    made = []
    for side, subject in enumerate(city.subjects):
        given = {"gtin": GTINS[side], "name": f"门产品{'甲乙'[side]}", "category": "FOOD"}
        made.append(actions.register(of_user(city.person("merchant", side)), subject, given))
    return made


def batches_of(city: City) -> list[Batch]:
    found = []
    for side, product in enumerate(city.once(products_of)):
        owner = of_user(city.person("merchant", side))
        made = actions.add_batch(owner, product.gtin, {"lot": f"GATE{'AB'[side]}", "made_at": clock.today()})
        actions.make_codes(owner, made.pk, 1)
        actions.certify(owner, made.pk, {"kind": "TEST", "issuer": f"门检验所{'甲乙'[side]}"})
        found.append(made)
    return found


def certificates_of(city: City) -> list[Certificate]:
    return [one.certificates.get() for one in city.once(batches_of)]


def findings_of(city: City) -> list[ChainFinding]:
    now = clock.now()
    run = ChainRun.objects.create(as_of=now, rows=2, unplaced=0, not_comparable=0, found=2, by="system:gate", at=now)
    given = {"run": run, "kind": "over", "amount": 1, "happened_at": now}
    return [ChainFinding.objects.create(number=f"ZSGATE{side}", item=f"urn:gate:{side}", key=side * 64, **given) for side in "AB"]


def recalls_of(city: City) -> list[Recall]:
    """One of each batch, issued, with a task of each platform."""
    made = []
    for side, batch in enumerate(city.once(batches_of)):
        officer, head = (of_user(city.person(role, side)) for role in ("officer", "head"))
        one = actions.draft_recall(officer, batch.pk, 1, f"门召回{'甲乙'[side]}的原因", "停止使用并退货")
        made.append(actions.issue_recall(head, one.number))
    return made


def tasks_of(city: City) -> list[RecallTask]:
    platforms = platforms_of(city)
    return [
        RecallTask.objects.create(
            number=f"ZTGATE{side}", recall=recall, platform=platform, orders=[f"GO{side}"], buyers=1, due_on=clock.today() + timedelta(1)
        )
        for side, recall, platform in zip("AB", city.once(recalls_of), platforms, strict=True)
    ]


def _of(rows: list[Any], name: str, field: str, sees: dict[str, str] | None = None) -> Sample:
    a, b = rows
    return Sample({name: getattr(a, field)}, {name: getattr(b, field)}, sees or {})


@sample("products:my_product")
def own_products(city: City) -> Sample:
    return _of(city.once(products_of), "gtin", "gtin")


@sample("products:product")
def all_products(city: City) -> Sample:
    return _of(city.once(products_of), "gtin", "gtin", DESK)


@sample("products:my_batch")
def own_batches(city: City) -> Sample:
    return _of(city.once(batches_of), "id", "pk")


@sample("products:new_recall")
def batches_to_recall(city: City) -> Sample:
    return _of(city.once(batches_of), "id", "pk", DESK)


@sample("products:codes")
def codes(city: City) -> Sample:
    a, b = city.once(batches_of)
    return Sample({"id": a.pk, "form": "svg"}, {"id": b.pk, "form": "svg"})


@sample("products:certificate")
def certificates(city: City) -> Sample:
    return _of(city.once(certificates_of), "id", "pk")


@sample("products:finding")
def findings(city: City) -> Sample:
    return _of(city.once(findings_of), "number", "number", DESK)


@sample("products:recall")
def recalls(city: City) -> Sample:
    return _of(city.once(recalls_of), "number", "number", DESK)


@sample("products:public_recall")
def public_recalls(city: City) -> Sample:
    return _of(city.once(recalls_of), "number", "number", ALL)


@sample("products:my_recall", "api:report_recall_notices")
def tasks(city: City) -> Sample:
    return _of(city.once(tasks_of), "number", "number")


@sample("products:resolve")
def printed_codes(city: City) -> Sample:
    a, b = city.once(products_of)
    return Sample({"rest": a.gtin}, {"rest": b.gtin}, ALL)


@sample("publicity:life_line")
def life_lines(city: City) -> Sample:
    a, b = city.once(products_of)
    return Sample({"code": f"01/{a.gtin}"}, {"code": f"01/{b.gtin}"}, ALL)


# ---- lists


@listing("products:my_products", "products:farm")
def own_goods(city: City) -> Listing:
    a, b = city.once(products_of)
    return Listing(a.name, b.name)


@listing("products:products")
def every_product(city: City) -> Listing:
    a, b = city.once(products_of)
    return Listing(a.gtin, b.gtin, ALL, (*EXPORTS, "category=FOOD"))


@listing("products:findings")
def every_finding(city: City) -> Listing:
    a, b = city.once(findings_of)
    return Listing(a.number, b.number, ALL, (*EXPORTS, "kind=over"))


@listing("products:recalls", "products:public_recalls")
def every_recall(city: City) -> Listing:
    a, b = city.once(recalls_of)
    return Listing(a.number, b.number, ALL, EXPORTS)


@listing("api:public_recalls")
def recalls_for_programs(city: City) -> Listing:
    a, b = city.once(recalls_of)
    return Listing(a.number, b.number, ALL)


@listing("products:my_recalls", "api:recall_tasks")
def own_tasks(city: City) -> Listing:
    a, b = city.once(tasks_of)
    return Listing(a.number, b.number)


WITHOUT |= {
    "products:description": "the same for everybody",
    "products:new_product": "a form",
    "products:sheet": "a form",
    "products:trace": "a form; what it finds is asked by desks, which see every chain",
    "products:timeline": "a form behind a purpose; what it finds is asked by desks",
    "products:listings": "of the lake, for every desk",
    "products:my_listings": "of the lake, narrowed to the platform of who asks",
}


# ---- what the contract gate asks


def task_of(world: World) -> RecallTask:
    """A task of beiling's in an issued recall."""
    number = f"ZT{RecallTask.objects.count()}"
    if not Recall.objects.exists():
        _recall(world)
    recall = Recall.objects.create(**{**_copy(Recall.objects.all()[0]), "number": f"ZH{number}", "batch": _batch(world, number)})
    platform = Platform.objects.get(code=world.platform.code)
    return RecallTask.objects.create(number=number, recall=recall, platform=platform, orders=["GO1"], buyers=1, due_on=clock.today())


def _copy(one: Recall) -> dict[str, Any]:
    names = ("department", "level", "reason", "advice", "state", "drafted_by", "drafted_by_name", "drafted_at", "issued_by", "issued_at")
    return {name: getattr(one, name) for name in names}


def _batch(world: World, lot: str) -> Batch:
    product, _new = Product.objects.get_or_create(
        gtin=GTINS[0],
        defaults={
            "subject_id": world.shop.subject_id,
            "name": "门产品",
            "category": "FOOD",
            "made_by": "system:gate",
            "made_at": clock.now(),
        },
    )
    return Batch.objects.create(product=product, lot=lot, entered_by="system:gate", entered_at=clock.now())


def _recall(world: World) -> None:
    now = clock.now()
    people = {"drafted_by": "user:1", "drafted_by_name": "甲", "drafted_at": now, "issued_by": "user:2", "issued_at": now}
    texts = {"department": "SAMR", "level": 1, "reason": "抽检不合格", "advice": "停止使用", "state": "ISSUED"}
    Recall.objects.create(id=ids.new_id(), number="ZH0", batch=_batch(world, "ZH0"), **texts, **people)


def _with_a_task(world: World, caller: str) -> Request:
    task_of(world)
    return Request(caller)


HAPPY: dict[str, Callable[[World], Request]] = {
    "GET /api/v1/public/recalls": lambda w: _with_a_task(w, "anonymous"),
    "GET /api/v1/recall-tasks": lambda w: _with_a_task(w, "client"),
    "POST /api/v1/recall-tasks/{number}/notices": lambda w: Request(
        "client",
        {"number": task_of(w).number},
        body={"notices": [{"order_no": "GO1", "way": "sms", "told_at": clock.now().isoformat(), "proof": "MSG-1"}]},
    ),
}
