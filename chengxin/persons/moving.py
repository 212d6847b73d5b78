"""A city's settings as one signed file that another city, or its own test installation, can check, compare and take piece by piece.

chengxin-settings/1: JSON {format, origin, division, made_at, parts, key, signature}; the signature is the log key's Ed25519 over the
format's name, a line feed and the canonical JSON of the rest. The key in the file says who claims to have made it; who reads it brings the
key from elsewhere. Nothing of a person is in it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import transaction

import chengxin
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.actor import of_user
from chengxin.accounts.models import Department, RoleGrant, User
from chengxin.accounts.roles import Role
from chengxin.audit import actions as audit
from chengxin.audit.canonical import canonical
from chengxin.commitments.models import Template
from chengxin.coordination import actions as coordination
from chengxin.coordination.models import CONFIRMED, Plan
from chengxin.inspection.actions import registers
from chengxin.inspection.models import RateTable
from chengxin.inspection.models.registers import APPROVED
from chengxin.kernel import clock, encryption
from chengxin.kernel.errors import NotFound
from chengxin.kernel.locks import locked
from chengxin.persons.errors import Decided, NoPart, NotSigned, SamePerson
from chengxin.persons.models import DECLINED, PROPOSED, TAKEN, SettingsFile
from chengxin.persons.stores import HERE
from chengxin.rules.models import RuleVersion

FORMAT = "chengxin-settings/1"
MOST_BYTES = 20_000_000
SHOWN = 120  # characters of a value in the table of differences


@dataclass(frozen=True)
class Read:
    """A file whose signature holds."""

    origin: str
    key: str
    sha256: str
    parts: Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    part: str
    key: str
    before: str
    after: str


@cache
def known_parts() -> tuple[dict[str, str], ...]:
    """moving.yaml."""
    return tuple(yaml.load((HERE / "moving.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def can_take() -> list[str]:
    """The parts that an import may take."""
    return [one["part"] for one in known_parts() if "take" in one]


# ---- out


def export(actor: str) -> dict[str, Any]:
    """This city's settings, signed; the log says that they were handed out."""
    said = {
        "format": FORMAT,
        "origin": str(settings.LOG_ORIGIN),
        "division": settings.CITY_DIVISION,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "parts": current(),
        "key": own_key(),
    }
    signature = encryption.signing_key("log").sign(_statement(said)).hex()
    with transaction.atomic():
        digest = hashlib.sha256(_statement(said)).hexdigest()
        audit.record("persons.settings.exported", actor=actor, object=f"persons.settings:{digest[:16]}", data={"sha256": digest})
    return {**said, "signature": signature}


def own_key() -> str:
    """The public key in hex that other cities check with."""
    return encryption.public_key_hex("log")


def _statement(said: Mapping[str, Any]) -> bytes:
    return f"{FORMAT}\n{canonical({name: value for name, value in said.items() if name != 'signature'})}".encode()


def current() -> dict[str, Any]:
    """The parts as they stand here and now."""
    return {one["part"]: _of_file(one) if "file" in one else _ROWS[one["part"]]() for one in known_parts()}


def _of_file(one: Mapping[str, str]) -> Any:
    root = Path(chengxin.__file__).parent
    path = root / one["file"]
    if path.is_file():
        return _loaded(path)
    return {found.relative_to(path).as_posix(): _loaded(found) for found in sorted(path.rglob(one.get("ending", "*.yaml")))}


def _loaded(path: Path) -> Any:
    """A file's content as JSON; dates as text."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".yaml":
        return dict(line.split(",", 1) for line in text.splitlines() if "," in line)
    return json.loads(json.dumps(yaml.load(text, Loader=yaml.CSafeLoader), default=str, ensure_ascii=False, sort_keys=False))


def _plan() -> dict[str, Any]:
    found = Plan.objects.filter(state=CONFIRMED).order_by("-decided_at").first()
    return {} if found is None else {"title": found.title, "issued_on": found.issued_on.isoformat(), "text": found.text}


def _rates() -> dict[str, Any]:
    found = RateTable.objects.filter(state=APPROVED).order_by("-decided_at").first()
    return {} if found is None else dict(found.rates)


def _departments() -> dict[str, Any]:
    names = ("name_zh", "name_en", "valid_from", "valid_to", "successor_id")
    return {one.code: {name: str(getattr(one, name) or "") for name in names} for one in Department.objects.all()}


def _roles() -> dict[str, int]:
    held = RoleGrant.objects.in_force().values_list("department_id", "role")
    return dict(sorted(Counter(f"{department or '-'} {role}" for department, role in held).items()))


def _rules() -> dict[str, Any]:
    names = ("kind", "outcome", "match", "conditions", "name_zh", "name_en", "text_zh", "text_en", "basis")
    some = RuleVersion.objects.filter(state="SIGNED").select_related("rule")
    return {f"{one.rule.code}/{one.number}": {name: getattr(one, name) for name in names} for one in some}


def _letters() -> dict[str, Any]:
    some = Template.objects.exclude(decided_at=None)
    return {f"{one.letter}/{one.version}/{one.department}": {"state": one.state, "content": one.content} for one in some}


_ROWS = {"plan": _plan, "rates": _rates, "departments": _departments, "roles": _roles, "rules": _rules, "letters": _letters}


# ---- in


def read(data: bytes, key: str = "") -> Read:
    """A file of another city, when its signature holds under `key` (hex, brought from elsewhere) or it is our own. Raises NotSigned."""
    try:
        said = json.loads(data[:MOST_BYTES])
        named, signature = bytes.fromhex(said["key"]), bytes.fromhex(said["signature"])
        fits = said["format"] == FORMAT and isinstance(said["parts"], dict)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotSigned(why_zh="不是设置文件。", why_en="It is no file of settings.") from error
    wanted = bytes.fromhex(key.strip()) if _is_key(key) else bytes.fromhex(own_key())
    if not fits or named != wanted:
        raise NotSigned(why_zh="文件所载公钥与您提供的公钥不符。", why_en="The key in the file is not the one that you brought.")
    try:
        Ed25519PublicKey.from_public_bytes(wanted).verify(signature, _statement(said))
    except InvalidSignature as error:
        raise NotSigned(why_zh="内容与签名不符。", why_en="The content is not what was signed.") from error
    return Read(str(said["origin"]), named.hex(), hashlib.sha256(data).hexdigest(), said["parts"])


def _is_key(text: str) -> bool:
    try:
        return len(bytes.fromhex(text.strip())) == len(bytes.fromhex(own_key()))
    except ValueError:
        return False


def differences(parts: Mapping[str, Any]) -> list[Difference]:
    """What is other here than in the file, a line a value; changes nothing."""
    here = current()
    return [line for part in parts if part in here for line in _between(part, "", here[part], parts[part])]


def _between(part: str, key: str, before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys([*before, *after]):
            yield from _between(part, f"{key}.{name}" if key else str(name), before.get(name), after.get(name))
    elif before != after:
        yield Difference(part, key, _said(before), _said(after))


def _said(value: Any) -> str:
    text = "—" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def propose(actor: Actor, found: Read, parts: list[str]) -> SettingsFile:
    """The first administrator proposes to take parts of a file. Raises NoPart."""
    for part in parts or [""]:
        if part not in can_take() or not found.parts.get(part):
            raise NoPart(part=part)
    with transaction.atomic(), locked("persons.settings"):
        number = f"SZ{clock.today():%Y%m%d}{SettingsFile.objects.count() + 1:04d}"
        made = SettingsFile.objects.create(
            number=number,
            origin=found.origin,
            key=found.key,
            sha256=found.sha256,
            content={part: found.parts[part] for part in parts},
            parts=parts,
            proposed_by=str(actor),
            proposed_by_name=actor.name,
            proposed_at=clock.now(),
        )
        _log(actor, made, "proposed")
    return made


def propose_by_name(found: Read, parts: list[str], name: str) -> SettingsFile:
    """The same from the command: in the name of an administrator. Raises NotFound."""
    user = User.objects.filter(username=name, is_active=True).first()
    actor = of_user(user) if user else None
    if actor is None or not actor.has("sysadmin", "secadmin"):
        raise NotFound
    return propose(actor, found, parts)


def decide(actor: Actor, number: str, take: bool) -> SettingsFile:
    """A second administrator confirms or declines. What is taken becomes a draft in its own room. Raises SamePerson, Decided."""
    with transaction.atomic(), locked("persons.settings"):
        made = access.get(actor, SettingsFile, number=number)
        if made.state != PROPOSED:
            raise Decided
        if made.proposed_by == str(actor):
            raise SamePerson
        made.state, made.decided_at = (TAKEN if take else DECLINED), clock.now()
        made.decided_by, made.decided_by_name = str(actor), actor.name
        made.save(update_fields=["state", "decided_by", "decided_by_name", "decided_at"])
        if take:
            for part in made.parts:
                _TAKE[part](made.content[part], made.origin)
        _log(actor, made, "taken" if take else "declined")
    return made


def _log(actor: Actor, made: SettingsFile, what: str) -> None:
    data = {"origin": made.origin, "key": made.key, "sha256": made.sha256, "parts": made.parts}
    audit.record(f"persons.settings.{what}", actor=str(actor), object=f"persons.settings:{made.number}", data=data)


def _importer() -> Actor:
    """Drafts are the house's: no person of a department wrote them, so any of its people may decide."""
    codes = frozenset(Department.objects.filter(valid_to=None).values_list("code", flat=True))
    return Actor(
        id="system:settings",
        name="设置文件 settings file",
        roles=frozenset({str(Role.OFFICER)}),
        departments=codes,
        grants=tuple(RoleGrant(role=Role.OFFICER, department_id=code) for code in codes),
        inherited={code: frozenset({code}) for code in codes},
    )


def _take_plan(content: Mapping[str, Any], origin: str) -> None:
    coordination.propose(_importer(), str(content["title"]), date.fromisoformat(content["issued_on"]), str(content["text"]))


def _take_rates(content: dict[str, Any], origin: str) -> None:
    registers.propose_rates(_importer(), "SAMR", content, f"设置文件 {origin}")


def _take_departments(content: Mapping[str, Any], origin: str) -> None:
    """Names of departments that are here get the file's; new ones are added; none is removed."""
    for code, given in content.items():
        days = {name: date.fromisoformat(given[name]) if given[name] else None for name in ("valid_from", "valid_to")}
        names = {"name_zh": given["name_zh"], "name_en": given["name_en"], "division": settings.CITY_DIVISION}
        Department.objects.update_or_create(code=code, defaults={**names, **days})
    for code, given in content.items():
        Department.objects.filter(code=code).update(successor=given["successor_id"] or None)


_TAKE = {"plan": _take_plan, "rates": _take_rates, "departments": _take_departments}
