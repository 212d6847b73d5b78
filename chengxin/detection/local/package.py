"""What a platform hands over: chengxin-local/1, JSON with sorted keys. Both sides hold it to the same narrow form.

Every field is closed: a name that is not here, a text that is neither a code, a day nor a number, and a whole number long enough to be a
telephone, an identity card or a person's token are refused. Shops go by the platform's own shop numbers; a shop is no consumer.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from chengxin.audit import merkle
from chengxin.audit.canonical import canonical
from chengxin.audit.errors import NotCanonical
from chengxin.detection.errors import BadPackage

FORMAT = "chengxin-local/1"
# Below eleven digits, the length of a mobile number; tokens of persons have nineteen, identity cards eighteen.
MOST_NUMBER = 10**10
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
DECIMAL = re.compile(r"-?\d{1,9}(\.\d{1,6})?")
LONG_DIGITS = re.compile(r"\d{10}")
MOST_ROWS = 100_000  # evidence rows a finding may name: the largest rings of the fictional cities named 40,000

Code = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?\+\d{2}:\d{2}$")]
Count = Annotated[int, Field(ge=0, lt=MOST_NUMBER, strict=True)]
ShopNumber = Annotated[str, Field(min_length=1, max_length=64)]


class Closed(BaseModel):
    """Nothing beyond the fields it names."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class ReasonOut(Closed):
    """A reason by its code; the city fills in its own card's text. A number that may not leave is null."""

    code: Code
    weight: float = Field(ge=0, le=1)
    numbers: dict[Code, int | float | str | None] = Field(max_length=30)

    @field_validator("numbers")
    @classmethod
    def _narrow(cls, given: dict[str, Any]) -> dict[str, Any]:
        if any(value is not None and not may_leave(value) for value in given.values()):
            raise ValueError("a number or text that may not leave")
        return given


class About(Closed):
    """An outlet or a platform, when a finding is about no shop."""

    kind: Literal["outlet", "platform"]
    name: str = Field(max_length=40)
    of: str = Field("", max_length=40)

    @field_validator("name", "of")
    @classmethod
    def _code(cls, given: str) -> str:
        if not is_code(given):
            raise ValueError("not the code of an outlet or a platform")
        return given


class FindingOut(Closed):
    """One finding. accounts is how many, never which; digests are those of its evidence rows, sorted; root is the Merkle root over them."""

    key: str = Field(pattern=r"^[0-9a-f]{32}$")
    detector: Code
    shops: list[ShopNumber] = Field(max_length=5000)
    about: list[About] = Field(max_length=20)
    accounts: Count
    score: float = Field(ge=0, le=1)
    since: Moment
    until: Moment
    reasons: list[ReasonOut] = Field(min_length=1, max_length=40)
    benign: list[Code] = Field(max_length=40)
    rows: dict[Code, Count] = Field(max_length=20)
    digests: list[Digest] = Field(max_length=MOST_ROWS)
    root: Digest


class InputOut(Closed):
    """A file that was read, without its name."""

    kind: Code
    sha256: Digest
    rows: Count
    kept: Count
    first: Moment | None = None
    last: Moment | None = None


class DetectorOut(Closed):
    """Which detector looked, with what settings, and a digest of its code."""

    version: str = Field(max_length=20)
    code: Digest
    parameters: dict[str, Any] = Field(max_length=100)


class PackageIn(Closed):
    """The whole package; findings are looked at one by one, so that one that is not in form does not cost the others."""

    format: Literal["chengxin-local/1"]
    platform: str = Field(max_length=40)
    made_at: Moment
    since: Moment
    until: Moment
    libraries: list[Annotated[str, Field(max_length=60)]] = Field(max_length=20)
    inputs: list[InputOut] = Field(min_length=1, max_length=10_000)
    detectors: dict[Code, DetectorOut] = Field(min_length=1, max_length=100)
    findings: list[dict[str, Any]] = Field(max_length=10_000)
    root: Digest


def is_code(text: str) -> bool:
    """Whether a text can be the code of an outlet or a platform, and no telephone."""
    return bool(re.fullmatch(r"[\w.-]{0,40}", text)) and not LONG_DIGITS.search(text)


def may_leave(value: object) -> bool:
    """Whether a value in a reason says nothing of a person by its form: a flag, a short number, a day."""
    if isinstance(value, bool):
        return True
    if isinstance(value, int):
        return abs(value) < MOST_NUMBER
    if isinstance(value, float):
        return math.isfinite(value) and abs(value) < MOST_NUMBER
    return isinstance(value, str) and bool(DAY.fullmatch(value) or DECIMAL.fullmatch(value))


def narrowed(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of a reason that may leave; null in place of the others, which stay with the platform."""
    return {name: value if may_leave(value) else None for name, value in numbers.items()}


def row_digest(salt: bytes, text: str) -> str:
    """Hex of SHA-256(salt || row); 32 bytes of salt, kept by the platform, make it say nothing about the row."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def rows_root(digests: Iterable[str]) -> str:
    """Hex of the Merkle root (RFC 9162) over row digests in the order given."""
    return _root(bytes.fromhex(digest) for digest in digests)


def findings_root(findings: Iterable[Mapping[str, Any]]) -> str:
    """Hex of the Merkle root over the findings' canonical texts."""
    return _root(canonical(one).encode() for one in findings)


def _root(leaves: Iterable[bytes]) -> str:
    edge = merkle.Edge()
    for leaf in leaves:
        edge.append(merkle.leaf_hash(leaf))
    return edge.root().hex()


def read(body: bytes) -> PackageIn:
    """The package in a body, its root recomputed. Raises BadPackage."""
    try:
        return checked(PackageIn.model_validate_json(body))
    except (ValidationError, ValueError) as cause:
        raise BadPackage(reason=_said(cause)) from cause


def checked(package: PackageIn) -> PackageIn:
    """The package, when its root is that of its findings. Raises BadPackage."""
    try:
        root = findings_root(package.findings)
    except (NotCanonical, RecursionError) as cause:
        raise BadPackage(reason="findings") from cause
    if root != package.root:
        raise BadPackage(reason="root")
    return package


def read_finding(given: Mapping[str, Any]) -> FindingOut:
    """One finding in form, its root and counts recomputed. Raises BadPackage with the name of the first field that is not."""
    try:
        finding = FindingOut.model_validate(given)
    except (ValidationError, ValueError) as cause:
        raise BadPackage(reason=_said(cause)) from cause
    if finding.digests != sorted(set(finding.digests)) or rows_root(finding.digests) != finding.root:
        raise BadPackage(reason="root")
    if sum(finding.rows.values()) != len(finding.digests):
        raise BadPackage(reason="rows")
    return finding


def _said(cause: Exception) -> str:
    """Where it is wrong, never what was there: the value may be what should not have left."""
    if isinstance(cause, ValidationError):
        return ".".join(str(part) for part in cause.errors(include_input=False)[0]["loc"])[:120] or "form"
    return "form"
