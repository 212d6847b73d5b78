"""Who captures in these tests, an event to begin with, and the official examples where they lie."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from chengxin.accounts.access import Actor

ROOT = Path(__file__).resolve().parents[3]
OFFICIAL = Path(os.environ.get("CHENGXIN_BENCH_DATA") or ROOT.parent / "shared" / "data") / "epcis2"
needs_official = pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official EPCIS 2.0 material is not here (CHENGXIN_BENCH_DATA)")
SPACES = {"ex": "https://ns.example/trace/"}
CONTEXT = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", SPACES]
FARM, MALL, COURIER = (f"urn:epc:id:pgln:9521234.0000{place}" for place in range(3))
FIELD = "urn:epc:id:sgln:9521234.10000.0"
FUNGUS = "https://id.gs1.org/01/09521234000105/10/HE260901"  # a lot of black fungus


def platform(code: str = "mall-a") -> Actor:
    return Actor(id=f"client:{code}", name=code, roles=frozenset({"platform_client"}), platforms=frozenset({code}))


def officer() -> Actor:
    return Actor(id="user:officer", name="王立", roles=frozenset({"officer"}))


def seen(**changes: Any) -> dict[str, Any]:
    """An object event about a lot; a value of None takes a field out."""
    event: dict[str, Any] = {
        "type": "ObjectEvent",
        "eventTime": "2026-09-01T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "eventID": "urn:uuid:0d8f7e5c-0000-4000-8000-000000000001",
        "action": "OBSERVE",
        "bizStep": "shipping",
        "quantityList": [{"epcClass": FUNGUS, "quantity": 12.5, "uom": "KGM"}],
        "readPoint": {"id": FIELD},
    }
    return {name: value for name, value in {**event, **changes}.items() if value is not None}


def document(*events: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "@context": CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-09-01T09:00:00Z",
        "epcisBody": {"eventList": list(events)},
        **changes,
    }


def examples() -> list[Path]:
    """The official example documents and single events."""
    found = [*OFFICIAL.glob("JSON/**/*.jsonld"), *OFFICIAL.glob("JSON-Schema/test/*.json")]
    return sorted(found)


def example_events() -> list[tuple[dict[str, Any], Any]]:
    """Every event of the examples with its document's context."""
    found = []
    for path in examples():
        said = json.loads(path.read_text(encoding="utf-8"))
        body = said.get("epcisBody", {})
        body = body.get("queryResults", {}).get("resultsBody", body)
        found += [(event, said["@context"]) for event in body.get("eventList", [said])]
    return found
