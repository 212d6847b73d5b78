"""Who buys: accounts on each platform with their home, device and network, and the honest habits that look like rings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from chengxin.city import quantiles
from chengxin.city.identifiers import digits, hexadecimals, letters, shuffled, texts
from chengxin.city.quantiles import Floats, Ints
from chengxin.city.register import Places
from chengxin.city.sizes import Recipe
from chengxin.city.words import ROADS

FAMILY_SHARE = 0.14  # accounts that share one device and home with up to three others
OFFICE_SHARE = 0.05  # accounts that order from an office network of 20-120 people
CAMPUS_SHARE = 0.04  # accounts that receive at a campus station
MOBILE = 0.25  # orders that come through a carrier's shared address
UNKNOWN_DEVICE, UNKNOWN_IP = 0.08, 0.03


@dataclass
class People:
    """One row per account. Devices, networks and homes are numbers of their own sequences; planted accounts are appended like any other.

    home_place: index into Places, one row per home.
    """

    platform: Ints
    bought: Ints  # purchases of the honest layer
    device: Ints
    ip: Ints
    home: Ints
    home_place: Ints
    family: Ints  # 1 where the account shares its device
    office: Ints  # office number, -1 for none
    campus: Ints  # campus number, -1 for none
    devices: int
    ips: int
    mobile: int  # the first `mobile` networks are carriers' pools

    def __len__(self) -> int:
        return len(self.platform)

    def join(self, rng: np.random.Generator, platform: Ints, where: Places) -> Ints:
        """Append fresh accounts with their own devices, networks and homes; returns their numbers."""
        n, first = len(platform), len(self)
        spread = where.people / where.people.sum()
        self.platform = np.concatenate([self.platform, platform])
        self.device = np.concatenate([self.device, self.devices + np.arange(n)])
        self.ip = np.concatenate([self.ip, self.ips + np.arange(n)])
        self.home = np.concatenate([self.home, len(self.home_place) + np.arange(n)])
        self.home_place = np.concatenate([self.home_place, rng.choice(len(spread), n, p=spread)])
        for name, value in (("bought", 0), ("family", 0), ("office", -1), ("campus", -1)):
            setattr(self, name, np.concatenate([getattr(self, name), np.full(n, value)]))
        self.devices += n
        self.ips += n
        return np.arange(first, first + n)

    def new_homes(self, rng: np.random.Generator, n: int, where: Places) -> Ints:
        """Homes nobody lives in yet, e.g. a studio's drop addresses."""
        first = len(self.home_place)
        self.home_place = np.concatenate([self.home_place, rng.choice(len(where.people), n, p=where.people / where.people.sum())])
        return np.arange(first, first + n)

    def new_devices(self, n: int) -> tuple[Ints, Ints]:
        """Fresh devices and networks, n each."""
        devices, ips = self.devices + np.arange(n), self.ips + np.arange(n)
        self.devices += n
        self.ips += n
        return devices, ips


def populate(recipe: Recipe, platform_share: Floats, orders: int, where: Places) -> People:
    """As many customers as make `orders` purchases under the published purchases per customer."""
    rng = recipe.stream("people")
    bought = quantiles.purchases(rng.random(max(200, int(orders / 2.2))))
    n = max(50, int(np.searchsorted(np.cumsum(bought), orders)))
    head = np.arange(n)
    together = (rng.random(n) < FAMILY_SHARE) & (head % 4 > 0)  # families are runs of up to four neighbours in the (shuffled) numbering
    anchor = np.where(together, head - head % 4, head)
    family = np.isin(head, anchor[together]) | together
    remote_or_not = rng.choice(len(where.people), n, p=where.people / where.people.sum())
    mobile = max(4, n // 120)
    people = People(
        platform=rng.choice(len(platform_share), n, p=platform_share / platform_share.sum()),
        bought=bought[:n],
        device=anchor.copy(),
        ip=anchor + mobile,
        home=anchor.copy(),
        home_place=remote_or_not,
        family=family.astype(np.int64),
        office=_groups(rng, n, OFFICE_SHARE, 60),
        campus=_groups(rng, n, CAMPUS_SHARE, 260),
        devices=n,
        ips=n + mobile,
        mobile=mobile,
    )
    _offices(people)
    _campuses(rng, people, where)
    return people


def _groups(rng: np.random.Generator, n: int, share: float, size: int) -> Ints:
    """A group number for a share of n people, -1 for the rest, groups of about `size`."""
    groups = max(1, int(n * share / size))
    return np.where(rng.random(n) < share, rng.integers(0, groups, n), -1)


def _offices(people: People) -> None:
    networks = people.ips + np.arange(people.office.max(initial=0) + 1)
    people.ips += len(networks)
    people.ip = np.where(people.office >= 0, networks[np.maximum(people.office, 0)], people.ip)


def _campuses(rng: np.random.Generator, people: People, where: Places) -> None:
    stations = people.new_homes(rng, int(people.campus.max(initial=0)) + 1, where)
    people.home = np.where(people.campus >= 0, stations[np.maximum(people.campus, 0)], people.home)


def account_ids(numbers: Ints) -> pa.StringArray:
    """U and eleven digits in no order."""
    return texts(letters(["U"], np.zeros(len(numbers), np.int64)), digits(shuffled(numbers, 36, 5), 11))


def device_ids(numbers: Ints) -> pa.StringArray:
    """D and fifteen hexadecimal digits."""
    return texts(letters(["D"], np.zeros(len(numbers), np.int64)), hexadecimals(shuffled(numbers, 60, 7), 15))


def ip_texts(numbers: Ints) -> pa.Array:
    """Addresses in 100.64.0.0/10, the range no public host has (RFC 6598)."""
    scattered = shuffled(numbers, 22, 3)
    parts = [pa.array(part).cast(pa.string()) for part in (64 + (scattered >> 16), (scattered >> 8) & 255, scattered & 255)]
    return pc.binary_join_element_wise("100", *parts, ".")


def home_texts(numbers: Ints, home_place: Ints, where: Places) -> pa.Array:
    """Addresses that exist nowhere: place, road, house and room."""
    scattered = shuffled(numbers, 34, 9)
    place = pa.array(where.name).take(pa.array(home_place[numbers]))
    road = pa.array(ROADS).take(pa.array(scattered & 15))
    house, block, room = (
        pa.array(1 + part).cast(pa.string()) for part in ((scattered >> 4) & 1023, (scattered >> 14) & 255, scattered >> 22)
    )
    return pc.binary_join_element_wise(place, "演示", road, "路", house, "号", block, "栋", room, "室", "")
