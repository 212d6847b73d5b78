"""Ids of publicity for the access matrix; see samples.py."""

from __future__ import annotations

from chengxin.accounts.actor import of_user
from chengxin.publicity import editions, reviews, watching
from chengxin.publicity.models import OUT, Edition, Review
from tests.gates.listings import Listing, listing
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_marks import shops_of
from tests.gates.samples_records import put_record
from tests.gates.samples_subjects import subjects_of

DESK = {"officer": "all", "reviewer": "all", "head": "all"}
EVERYBODY = {"*": "all"}


def reviews_of(city: City) -> list[Review]:
    """A record that each department holds back: one of its own, since what is held is gone from the pages of all rooms."""
    records = [put_record(city, side, f"门 {'甲乙'[side]} 的暂停记录") for side in (0, 1)]
    return [
        reviews.hold(of_user(city.person("officer", side)), "records", one.number, f"门 {'甲乙'[side]} 暂停")
        for side, one in enumerate(records)
    ]


def edition_of(city: City) -> Edition:
    made = editions.publish()
    assert made.outcome == OUT, made.faults
    return made


@sample("publicity:shown", "publicity:watch", "publicity:evidence")
def public_pages(city: City) -> Sample:
    a, b = city.once(subjects_of)
    return Sample({"id": a.pk}, {"id": b.pk}, EVERYBODY)


@sample("publicity:officer_shown")
def pages_of_officers(city: City) -> Sample:
    a, b = city.once(subjects_of)
    return Sample({"id": a.pk}, {"id": b.pk}, DESK)


def watches_of(city: City) -> list[str]:
    return [watching.begin(one) for one in city.once(subjects_of)]


@sample("publicity:watched", "publicity:watch_feed")
def watches(city: City) -> Sample:
    """Whoever has the code."""
    a, b = city.once(watches_of)
    return Sample({"code": a}, {"code": b}, EVERYBODY)


@sample("publicity:badge", "publicity:badge_picture")
def badges(city: City) -> Sample:
    a, b = city.once(shops_of)
    return Sample({"pk": a.pk}, {"pk": b.pk}, EVERYBODY)


@sample("publicity:data_file")
def data_files(city: City) -> Sample:
    city.once(edition_of)
    return Sample({"name": "subjects.csv"}, {"name": "licences.csv"}, EVERYBODY)


@sample("publicity:review")
def held_items(city: City) -> Sample:
    a, b = city.once(reviews_of)
    return Sample({"pk": a.pk}, {"pk": b.pk})


@listing("publicity:desk")
def desk(city: City) -> Listing:
    a, b = city.once(reviews_of)
    return Listing(str(a.pk), str(b.pk))
