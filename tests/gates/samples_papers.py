"""Ids of papers and evidence for the access matrix; see samples.py. A matter of each department, papers and exhibits in both."""

from __future__ import annotations

from chengxin.accounts.access import Actor
from chengxin.accounts.actor import of_user
from chengxin.documents import actions, redactions
from chengxin.documents.models import Document, Redaction
from chengxin.documents.tests import people
from chengxin.evidence.models import Exhibit
from chengxin.evidence.tests.captured import PAGE, capture
from tests.gates.matrix import City, Sample, sample

EVERYBODY = {"*": "all"}


def _of(city: City, role: str, side: int) -> Actor:
    return of_user(city.person(role, side))


def matters_of(city: City) -> list[str]:
    return [people.of_department(department) for department in city.departments]


def papers_of(city: City) -> list[Document]:
    """A decision of each department in its matter."""
    made = []
    for side, matter in enumerate(city.once(matters_of)):
        given = people.decision(facts=f"门 {'甲乙'[side]} 的事实")
        made.append(
            actions.issue(_of(city, "officer", side), "penalty_45", given, department=city.departments[side], matter=matter, on=people.ON)
        )
    return made


def versions_of(city: City) -> list[Redaction]:
    """The confirmed version for publication of each paper."""
    made = []
    for side, paper in enumerate(city.once(papers_of)):
        waiting = redactions.prepare(_of(city, "officer", side), paper.pk)
        made.append(redactions.confirm(_of(city, "reviewer", side), waiting.pk))
    return made


def exhibits_of(city: City) -> list[Exhibit]:
    """A captured page of each matter."""
    made = []
    for side, matter in enumerate(city.once(matters_of)):
        page = PAGE.replace("山核桃", f"门{'甲乙'[side]}的网页")
        made.append(capture(_of(city, "officer", side), matter, city.departments[side], page))
    return made


@sample(
    "documents:matter",
    "documents:new",
    "documents:serve",
    "evidence:matter",
    "evidence:sample",
    "api:papers_of_matter",
    "api:exhibits_of_matter",
)
def matters(city: City) -> Sample:
    a, b = city.once(matters_of)
    city.once(papers_of)
    city.once(exhibits_of)
    return Sample({"matter": a}, {"matter": b})


@sample("documents:document", "documents:file", "documents:prepare")
def papers(city: City) -> Sample:
    a, b = city.once(papers_of)
    return Sample({"pk": a.pk}, {"pk": b.pk}, marks=(b.number,))


@sample("documents:redaction", "documents:version_file")
def versions(city: City) -> Sample:
    a, b = city.once(versions_of)
    return Sample({"pk": a.pk}, {"pk": b.pk})


@sample("documents:check", "api:check_document")
def codes(city: City) -> Sample:
    """Who has the code has the paper."""
    a, b = city.once(papers_of)
    return Sample({"code": a.code}, {"code": b.code}, EVERYBODY)


@sample("evidence:exhibit", "evidence:file", "evidence:replay", "evidence:replay_page", "evidence:extraction")
def exhibits(city: City) -> Sample:
    a, b = city.once(exhibits_of)
    return Sample({"pk": a.pk}, {"pk": b.pk}, marks=(b.number,))
