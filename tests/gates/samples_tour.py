"""Ids of the demo's tour for the access matrix: steps and doors are everybody's; see samples.py."""

from __future__ import annotations

from tests.gates.matrix import City, Sample, sample

IDS = {"step": ["public-look"], "door": ["public"]}


@sample("web:tour")
def steps(city: City) -> Sample:
    return Sample({"step": "public-look"}, {"step": "public-real"}, {"*": "all"})


@sample("web:tour_hide")
def doors(city: City) -> Sample:
    return Sample({"door": "public"}, {"door": "merchant"}, {"*": "all"})
