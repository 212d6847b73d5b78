"""JSON-LD contexts, as far as events need them: which prefix stands for which namespace. Nothing is fetched."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec

STANDARD = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
KNOWN = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": "https://ref.gs1.org/cbv/",
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "gs1": "https://gs1.org/voc/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}


def text_of(context: Any) -> str:
    """A context as the compact text by which it is kept."""
    return msgspec.json.encode(context).decode()


@lru_cache(maxsize=1024)
def prefixes(text: str) -> dict[str, str]:
    """The prefixes that a context (its text) declares itself, later ones over earlier ones."""
    context = msgspec.json.decode(text)
    found: dict[str, str] = {}
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, dict):
            found.update({name: space for name, said in part.items() if (space := _namespace(said)) and not name.startswith("@")})
    return found


def _namespace(said: Any) -> str:
    if isinstance(said, dict):
        said = said.get("@id")
    return said if isinstance(said, str) else ""


def expand(name: str, spaces: dict[str, str]) -> str:
    """A prefixed name in full; as it is where the prefix is nobody's."""
    prefix, colon, local = name.partition(":")
    space = (spaces.get(prefix) or KNOWN.get(prefix)) if colon else None
    return space + local if space else name
