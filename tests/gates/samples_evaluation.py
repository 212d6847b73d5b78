"""Ids and lists of evaluation for the access matrix; see samples.py and listings.py."""

from __future__ import annotations

from chengxin.accounts.access import Actor
from chengxin.accounts.actor import of_user
from chengxin.evaluation import actions
from chengxin.evaluation.models import Objection, RatingRule, RuleProposal, Treatment
from chengxin.evaluation.rule import DEFAULT
from chengxin.evaluation.tests import people
from chengxin.kernel import clock
from chengxin.subjects import actions as register
from chengxin.subjects import entries
from chengxin.subjects.models import Shop
from chengxin.subjects.tests import samples as invented
from tests.gates.listings import EXPORTS, WITHOUT, Listing, listing
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_subjects import platforms_of, subjects_of

DESK = {"officer": "all", "reviewer": "all", "head": "all"}
EVERYBODY = {"*": "all"}
ORIGINAL = "5e" * 32


def _of(city: City, role: str, side: int) -> Actor:
    return of_user(city.person(role, side))


def rules_of(city: City) -> list[RatingRule]:
    """A version by each department."""
    return [people.publish_by(_of(city, "officer", side), _of(city, "reviewer", side), city.departments[side]) for side in (0, 1)]


def proposals_of(city: City) -> list[RuleProposal]:
    text = DEFAULT.read_text(encoding="utf-8")
    return [
        actions.propose_rule(_of(city, "officer", side), city.departments[side], text, f"门{'甲乙'[side]}的规则", clock.today())
        for side in (0, 1)
    ]


def shops_of(city: City) -> list[Shop]:
    """A shop of each platform and merchant with a score."""
    city.once(rules_of)
    subjects_of(city)
    made = []
    for side, platform in enumerate(platforms_of(city)):
        row = invented.row(940 + side, shop_id=f"EVAL{side}", shop_name=f"门评价店{'甲乙'[side]}", subject_name=f"评价主体{side}")
        shop = register.upsert_shop(platform, entries.parse(row), "system:gate").shop
        shop.subject_id = city.subjects[side]
        shop.save()
        people.snapshot_of(shop, [5, 4, 1], f"G{side}V")
        made.append(shop)
    return made


def objections_of(city: City) -> list[Objection]:
    """Each merchant disputes a review; the second is decided by the other department."""
    made = []
    for side, shop in enumerate(city.once(shops_of)):
        one = actions.object_to(_of(city, "merchant", side), shop.pk, f"G{side}V2", f"门{'甲乙'[side]}的评价异议")
        one.department = city.departments[side]
        one.save()
        made.append(one)
    return made


def treatments_of(city: City) -> list[Treatment]:
    made = []
    for side, shop in enumerate(city.once(shops_of)):
        given = {"act": "mask", "review_no": f"G{side}V1", "part": "第二句", "original_sha256": ORIGINAL, "reason": "personal"}
        said = {"basis": "电子商务法第三十九条", "statement": f"门{'甲乙'[side]}的理由说明"}
        made.append(actions.treat(_of(city, "platform_staff", side), shop.pk, {**given, **said}))
    return made


@sample("evaluation:shop", "evaluation:reviews", "evaluation:chain", "evaluation:receipt")
def public_shops(city: City) -> Sample:
    a, b = city.once(shops_of)
    return Sample({"pk": a.pk}, {"pk": b.pk}, EVERYBODY)


@sample("api:shop_score", "api:score_receipt", "api:shown_reviews", "api:review_chain")
def public_shops_for_programs(city: City) -> Sample:
    return public_shops(city)


@sample("evaluation:rule")
def published_rules(city: City) -> Sample:
    a, b = city.once(rules_of)
    return Sample({"number": a.number}, {"number": b.number}, EVERYBODY)


@sample("evaluation:my_reviews", "evaluation:mask")
def own_shops(city: City) -> Sample:
    a, b = city.once(shops_of)
    return Sample({"pk": a.pk}, {"pk": b.pk})


@sample("evaluation:reply", "evaluation:object")
def own_shops_reviews(city: City) -> Sample:
    a, b = city.once(shops_of)
    return Sample({"pk": a.pk, "review_no": "G0V0"}, {"pk": b.pk, "review_no": "G1V0"})


@sample("evaluation:officer_shop", "evaluation:treat")
def shops_for_officers(city: City) -> Sample:
    a, b = city.once(shops_of)
    return Sample({"pk": a.pk}, {"pk": b.pk}, DESK)


@sample("evaluation:objection")
def objections(city: City) -> Sample:
    a, b = city.once(objections_of)
    return Sample({"id": a.pk}, {"id": b.pk})


@sample("evaluation:proposal")
def proposals(city: City) -> Sample:
    a, b = city.once(proposals_of)
    return Sample({"id": a.pk}, {"id": b.pk})


@listing("evaluation:mine")
def own_scores(city: City) -> Listing:
    a, b = city.once(shops_of)
    return Listing(a.name, b.name)


@listing("evaluation:own")
def scores_of_a_platform(city: City) -> Listing:
    city.once(treatments_of)
    a, b = city.once(shops_of)
    return Listing(a.name, b.name, queries=EXPORTS)


@listing("evaluation:board")
def board(city: City) -> Listing:
    a, b = city.once(shops_of)
    return Listing(a.name, b.name, DESK, (*EXPORTS, "sort=-drift_milli"))


@listing("evaluation:scores")
def public_scores(city: City) -> Listing:
    a, b = city.once(shops_of)
    return Listing(a.name, b.name, EVERYBODY, EXPORTS)


@listing("evaluation:statements")
def public_statements(city: City) -> Listing:
    a, b = city.once(treatments_of)
    return Listing(a.statement, b.statement, EVERYBODY, EXPORTS)


WITHOUT.update({"evaluation:new_rule": "a form", "evaluation:export": "a button"})
