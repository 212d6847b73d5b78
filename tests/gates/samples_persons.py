"""Requests for erasure and settings files for the access matrix; see samples.py and listings.py."""

from __future__ import annotations

from datetime import timedelta

from chengxin.accounts.actor import of_user
from chengxin.kernel import clock
from chengxin.persons import actions, holding, moving
from chengxin.persons.models import ErasureRequest, Hold, SettingsFile
from chengxin.persons.person import Person
from tests.gates.listings import EXPORTS, Listing, listing
from tests.gates.matrix import City, Sample, sample
from tests.gates.no_lists import WITHOUT
from tests.gates.samples_subjects import subjects_of

KEEPERS = {"sysadmin": "all", "secadmin": "all"}


def requests_of(city: City) -> list[ErasureRequest]:
    """One of each department."""
    return [
        actions.file_request(Person(name="门某", phones=(f"1001234560{side}",)), department)[0]
        for side, department in enumerate(city.departments)
    ]


def holds_of(city: City) -> list[Hold]:
    """One of each department."""
    until = clock.today() + timedelta(days=30)
    return [
        holding.place(of_user(city.person("officer", side)), city.departments[side], until, "行政复议尚未办结", subject=subject)
        for side, subject in enumerate(city.once(subjects_of))
    ]


def files_of(city: City) -> list[SettingsFile]:
    """Two files that wait; both belong to the administrators."""
    found = moving.Read("chengxin/test", "00", "00", {"departments": moving.current()["departments"]})
    return [moving.propose(of_user(city.person("sysadmin", side)), found, ["departments"]) for side in (0, 1)]


@sample("persons:request")
def requests(city: City) -> Sample:
    a, b = city.once(requests_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("persons:hold")
def held(city: City) -> Sample:
    a, b = city.once(holds_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("persons:settings_file")
def files(city: City) -> Sample:
    a, b = city.once(files_of)
    return Sample({"number": a.number}, {"number": b.number}, KEEPERS)


@listing("persons:requests")
def every_request(city: City) -> Listing:
    a, b = city.once(requests_of)
    return Listing(a.number, b.number, queries=EXPORTS)


@listing("persons:holds")
def every_hold(city: City) -> Listing:
    a, b = city.once(holds_of)
    return Listing(a.number, b.number, queries=EXPORTS)


@listing("persons:settings_files")
def every_file(city: City) -> Listing:
    a, b = city.once(files_of)
    return Listing(a.number, b.number, KEEPERS, EXPORTS)


WITHOUT |= {
    "persons:ask": "a form",
    "persons:new_hold": "a form; the complaint it takes is the caller's",
    "persons:export": "the settings of the house, without anybody",
    "persons:status": "asked by a code",
    "persons:terms": "counts by table, the same for the three administrators",
    "persons:first_week": "the same for the three administrators",
}
