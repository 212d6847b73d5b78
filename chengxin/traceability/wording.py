"""Identifiers and words in the form that a reader asks for: GS1-EPC-Format and GS1-CBV-XML-Format (EPCIS 2.0, 12.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chengxin.traceability import identifiers

AS_IT_IS = ("", "No_Preference", "Never_Translates")
URN, LINK = "Always_EPC_URN", "Always_GS1_Digital_Link"
EPC_FORMATS = (*AS_IT_IS[1:], URN, LINK)
WEB_WORDS, URN_WORDS = "Always_Web_URI", "Always_URN"
CBV_FORMATS = (*AS_IT_IS[1:], WEB_WORDS, URN_WORDS)
ONE = ("parentID",)
MANY = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
PLACES = ("readPoint", "bizLocation")
CLASSES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
PARTIES = {"sourceList": "source", "destinationList": "destination", "bizTransactionList": "bizTransaction"}


def identified(event: dict[str, Any], form: str) -> dict[str, Any]:
    """The event with its identifiers in the form asked for; what has no such form stays."""
    if form in AS_IT_IS:
        return event
    say: Callable[[str], str] = identifiers.to_urn if form == URN else _link
    made = dict(event)
    for name in ONE:
        if name in made:
            made[name] = say(made[name])
    for name in MANY:
        if name in made:
            made[name] = [say(one) for one in made[name]]
    for name in PLACES:
        if isinstance(made.get(name), dict):
            made[name] = {**made[name], "id": say(made[name]["id"])}
    for name in CLASSES:
        if name in made:
            made[name] = [{**one, "epcClass": say(one["epcClass"])} for one in made[name]]
    for name, one in PARTIES.items():
        if name in made:
            made[name] = [{**each, one: say(each[one])} for each in made[name]]
    return made


def _link(uri: str) -> str:
    """The link itself stays where it is one already: its owner's address may be a resolver of its own."""
    return uri if uri.startswith("http") else identifiers.key_of(uri)
