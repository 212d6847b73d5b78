"""GS1 identifiers: an EPC URN, an EPC class or pattern and a Digital Link URI of one thing have one key, the canonical Digital Link URI.

The key is of the finest level (a serial number leaves the lot out), on id.gs1.org, GTINs in 14 digits (GS1 Digital Link 1.2, EPC TDS 1.13,
CBV 2.0 8.9.2). What is no GS1 key is its own key.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from biip.gs1_prefixes import GS1CompanyPrefix

HOME = "https://id.gs1.org/"
LOT, SERIAL = 60, 90  # characters that are kept of them
LOT_OF_LINK = re.compile(r"/(?:10|lot)/([^/?#]+)")
KEPT_OUT = str.maketrans({"!": "%21", "(": "%28", ")": "%29", "*": "%2A", "+": "%2B", ",": "%2C", ":": "%3A"})
SHORT_NAMES = {
    **{"gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "party": "417", "gsrnp": "8017", "gsrn": "8018", "gcn": "255"},
    **{"sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402", "grai": "8003", "giai": "8004"},
}
QUALIFIERS = {"cpv": "22", "lot": "10", "ser": "21"}
PRIMARY = frozenset(SHORT_NAMES.values())
FORM = {
    **{"00": r"\d{18}", "01": r"\d{14}", "253": r"\d{13}\S{0,17}", "255": r"\d{13,25}", "401": r"\S{4,30}", "402": r"\d{17}"},
    **{"414": r"\d{13}", "417": r"\d{13}", "8003": r"\d{14}\S{0,16}", "8004": r"\S{4,30}", "8006": r"\d{18}", "8010": r"\S{4,30}"},
    **{"8017": r"\d{18}", "8018": r"\d{18}"},
}
FORMS = {ai: re.compile(form) for ai, form in FORM.items()}


class Parts(NamedTuple):
    """A key and what it says of a product; empty where it does not."""

    key: str
    gtin: str = ""
    lot: str = ""
    serial: str = ""


class Scheme(NamedTuple):
    """An EPC scheme: application identifier, digits of company prefix and reference together (0: any), what follows them."""

    ai: str
    digits: int
    rest: str = ""  # "" nothing, "glue" a serial after the check digit, else the AI of a serial part of its own


SCHEMES = {
    "sgtin": Scheme("01", 13, "21"),
    "sscc": Scheme("00", 17),
    "sgln": Scheme("414", 12, "254"),
    "grai": Scheme("8003", 12, "glue"),
    "giai": Scheme("8004", 0),
    "gsrn": Scheme("8018", 17),
    "gsrnp": Scheme("8017", 17),
    "gdti": Scheme("253", 12, "glue"),
    "cpi": Scheme("8010", 0, "8011"),
    "sgcn": Scheme("255", 12, "glue"),
    "ginc": Scheme("401", 0),
    "gsin": Scheme("402", 16),
    "itip": Scheme("8006", 13, "21"),
    "upui": Scheme("01", 13, "235"),
    "pgln": Scheme("417", 12),
    "lgtin": Scheme("01", 13, "10"),
}
INDICATED = frozenset({"sgtin", "sscc", "itip", "upui", "lgtin"})  # the first digit of the reference goes before the company prefix
ALLOWED = re.compile(r"[!')(*+,.0-9:;=A-Za-z_-]*(?:%[0-9A-Fa-f]{2}[!')(*+,.0-9:;=A-Za-z_-]*)*\Z")  # in the parts of a URN


def check_digit(digits: str) -> str:
    """The last digit of a GS1 key (General Specifications 7.9)."""
    backwards = [int(one) for one in reversed(digits)]
    return str(-(3 * sum(backwards[::2]) + sum(backwards[1::2])) % 10)


def key_of(uri: str) -> str:
    """The key of an identifier."""
    return canonical(uri) or uri


@lru_cache(maxsize=65_536)
def canonical(uri: str) -> str | None:
    """The canonical Digital Link URI, or None for what is no GS1 identifier."""
    if uri.startswith("urn:epc:"):
        return _of_urn(uri)
    return _of_link(uri) if uri.startswith(("http://", "https://")) else None


def parts(uri: str) -> Parts:
    """Key, GTIN, lot and serial number of an identifier. A link that names lot and serial has both, and the key of the serial."""
    key = canonical(uri)
    if key is None:
        return Parts(uri)
    said = key[len(HOME) :].split("/")
    if said[0] not in ("01", "8006"):
        return Parts(key)
    gtin = said[1][:14]
    if len(said) < 4:
        return Parts(key, gtin)
    if said[2] == "10":
        return Parts(key, gtin, said[3][:LOT])
    lot = LOT_OF_LINK.search(uri) if uri.startswith("http") else None
    return Parts(key, gtin, lot[1][:LOT] if lot else "", said[3][:SERIAL])


@lru_cache(maxsize=65_536)
def _product(kind: str, company: str, reference: str) -> str | None:
    """Company prefix and reference with check digit, the indicator in front; None where they have not the scheme's length."""
    digits = SCHEMES[kind].digits
    if len(company) + len(reference) != digits or (reference and not reference.isdigit()):
        return None
    body = reference[:1] + company + reference[1:] if kind in INDICATED else company + reference
    return ("0" if kind == "grai" else "") + body + check_digit(body)


def _of_urn(uri: str) -> str | None:
    _, _, space, said = uri.split(":", 3) if uri.count(":") > 3 else [""] * 4
    kind, _, said = said.partition(":")
    scheme = SCHEMES.get(kind)
    if scheme is None or not ALLOWED.match(said) or space not in ("id", "class", "idpat"):
        return None
    company, _, after = said.partition(".")
    reference, dot, last = after.partition(".")
    rest = last if dot else None
    if not (6 <= len(company) <= 12 and company.isdigit()) or (space == "class") != (kind == "lgtin") or (space == "idpat" and not dot):
        return None
    if scheme.digits == 0:
        return _of_free(kind, space, company, reference, rest)
    body = _product(kind, company, reference)
    return None if body is None else _with_rest(kind, space, body, rest)


def stem(kind: str, company: str, reference: str) -> str | None:
    """The link of what all items of a reference have in common, without serial number; None for parts of the wrong length."""
    scheme = SCHEMES[kind]
    body = (company + reference).translate(KEPT_OUT) if scheme.digits == 0 else _product(kind, company, reference)
    return None if body is None else f"{HOME}{scheme.ai}/{body}"


def _of_free(kind: str, space: str, company: str, reference: str, rest: str | None) -> str | None:
    """GIAI, GINC and CPI have no check digit, and the reference may hold dots and letters."""
    scheme = SCHEMES[kind]
    if kind == "cpi":
        if not rest or (space == "id" and not rest.isdigit()):
            return None
        stem = f"{HOME}{scheme.ai}/{(company + reference).translate(KEPT_OUT)}"
        return stem if space == "idpat" else f"{stem}/8011/{rest}"
    whole = company + reference + (f".{rest}" if rest is not None else "")
    return f"{HOME}{scheme.ai}/{whole.translate(KEPT_OUT)}" if space == "id" and len(whole) > len(company) else None


def _with_rest(kind: str, space: str, body: str, rest: str | None) -> str | None:
    scheme = SCHEMES[kind]
    link = f"{HOME}{scheme.ai}/{body}"
    if scheme.rest == "":
        return link if rest is None and space == "id" else None
    if rest is None:
        return None
    if kind == "itip":
        piece, _, rest = rest.partition(".")
        total, _, rest = rest.partition(".")
        link += piece + total
    if space == "idpat":
        return link if rest == "*" and kind != "sgln" else None
    if not rest or (kind == "sgcn" and not rest.isdigit()):
        return None
    if scheme.rest == "glue":
        return link + rest.translate(KEPT_OUT)
    return link if (kind, rest) == ("sgln", "0") else f"{link}/{scheme.rest}/{rest.translate(KEPT_OUT)}"


def _of_link(uri: str) -> str | None:
    """Of any resolver: the last part of the path that is a primary key with its qualifiers (the lot goes when there is a serial)."""
    path = re.split(r"[?#]", uri, maxsplit=1)[0].split("/")[3:]
    place = next((at for at in range(len(path) - 1) if SHORT_NAMES.get(path[at], path[at]) in PRIMARY and path[at + 1]), None)
    if place is None:
        return None
    ai, value, *rest = path[place:]
    ai = SHORT_NAMES.get(ai, ai)
    if ai == "01" and value.isdigit() and len(value) in (8, 12, 13):
        value = value.zfill(14)
    if not FORMS[ai].fullmatch(value):
        return None
    named = {QUALIFIERS.get(name, name): said for name, said in zip(rest[::2], rest[1::2], strict=False) if said}
    named.pop("22", None)
    if "21" in named:
        named.pop("10", None)
    return f"{HOME}{ai}/{value}" + "".join(f"/{name}/{said}" for name, said in named.items())


# ---- back to EPC URNs, for who asks in them (GS1-EPC-Format: Always_EPC_URN)


@lru_cache(maxsize=65_536)
def to_urn(uri: str) -> str:
    """The EPC URN of a Digital Link URI; as it is where the company prefix is not on GS1's list or the link is of another kind."""
    key = canonical(uri)
    if key is None or uri.startswith("urn:"):
        return uri
    ai, value, *rest = key[len(HOME) :].split("/")
    kind = _kind(ai, rest)
    return (kind and _urn(kind, value, rest)) or uri


def _kind(ai: str, rest: list[str]) -> str:
    if ai == "01":
        return {"21": "sgtin", "235": "upui", "10": "lgtin"}.get(rest[0], "") if rest else "idpat"
    return {"00": "sscc", "414": "sgln", "417": "pgln", "8018": "gsrn", "8017": "gsrnp", "402": "gsin", "8003": "grai", "253": "gdti"}.get(
        ai, ""
    )


def _urn(kind: str, value: str, rest: list[str]) -> str | None:
    scheme = SCHEMES["sgtin" if kind == "idpat" else kind]
    indicated = kind in INDICATED or kind == "idpat"
    value = value[1:] if kind == "grai" else value
    body, glued = value[: scheme.digits], value[scheme.digits + 1 :]
    core = body[1:] if indicated else body
    found = GS1CompanyPrefix.extract(core)
    if found is None or not found.value:
        return None
    company = found.value
    reference = (body[0] if indicated else "") + core[len(company) :]
    tail = {"idpat": ".*", "sgln": f".{rest[1]}" if rest else ".0"}.get(kind) or (f".{rest[1]}" if rest else f".{glued}" if glued else "")
    space = {"lgtin": "class", "idpat": "idpat"}.get(kind, "id")
    return f"urn:epc:{space}:{'sgtin' if kind == 'idpat' else kind}:{company}.{reference}{tail}"
