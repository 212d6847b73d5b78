"""The log for machines: public, read-only, without personal parts. Witnesses and verifiers need nothing else."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from chengxin.audit import actions, queries
from chengxin.audit.errors import NoSuchSize
from chengxin.jobs.reader import open_to_all

router = Router()
MOST = 2**48
Index = Annotated[int, Field(ge=0, lt=MOST)]
Size = Annotated[int, Field(ge=1, lt=MOST)]
Limit = Annotated[int, Field(ge=1, le=100)]


class HeadOut(Schema):
    """A signed head; `note` is a C2SP checkpoint, `root` hex."""

    origin: str
    size: int
    root: str
    at: str
    note: str
    key: str


class KeptHeadOut(Schema):
    """A kept head with the signature lines of its witnesses."""

    size: int
    root: str
    note: str
    cosignatures: list[str]


class LeafOut(Schema):
    """A leaf without its personal part; hash = hex of H(0x00 || body)."""

    index: int
    hash_name: str
    hash: str
    body: str


class WitnessedOut(Schema):
    """The newest head with witnesses' signatures that the leaf is in, and the leaf's proof in it."""

    head: str
    cosignatures: list[str]
    proof: list[str]


class LeafFileOut(Schema):
    """A chengxin-leaf/1 file, which the offline verifiers read; `witnessed` once a witness has signed a head the leaf is in."""

    format: str
    leaf: dict[str, Any]
    proof: list[str]
    head: str
    key: str
    witnessed: WitnessedOut | None = None


class CosignatureIn(Schema):
    """A witness's signature line (C2SP cosignature/v1) on the kept head of this size."""

    size: Size
    line: str = Field(min_length=1, max_length=400)


class CosignatureOut(Schema):
    """Whose signature the log keeps, on which head, since when."""

    witness: str
    size: int
    at: str


class ConsistencyOut(Schema):
    """The hashes (hex) that show that the tree of `new` leaves continues the tree of `old` leaves."""

    old: int
    new: int
    proof: list[str]


@router.get("/log/head", response=HeadOut, auth=None, summary="The log's signed head now")
@open_to_all
def head(request: HttpRequest) -> dict[str, Any]:
    now = queries.head()
    return {"origin": now.origin, "size": now.size, "root": now.root.hex(), "at": now.at, "note": now.note, "key": queries.public_key()}


@router.get("/log/heads", response=list[KeptHeadOut], auth=None, summary="Kept heads with their witnesses, newest first")
@open_to_all
def heads(request: HttpRequest, limit: Limit = 20) -> list[dict[str, Any]]:
    return [
        {"size": one.size, "root": bytes(one.root).hex(), "note": one.note, "cosignatures": [seal.line for seal in one.cosignatures.all()]}
        for one in queries.heads()[:limit]
    ]


@router.get("/log/leaves/{index}", response=LeafOut, auth=None, summary="One leaf, without personal data")
@open_to_all
def leaf(request: HttpRequest, index: Path[Index]) -> dict[str, Any]:
    found = queries.leaf(index)
    return {"index": found.index, "hash_name": found.hash_name, "hash": bytes(found.hash).hex(), "body": found.body}


@router.get("/log/leaves/{index}/proof", response=LeafFileOut, auth=None, summary="One leaf with its proof, as a file to keep")
@open_to_all
def proof(request: HttpRequest, index: Path[Index]) -> dict[str, Any]:
    return queries.leaf_file(index)


@router.get("/log/consistency", response=ConsistencyOut, auth=None, summary="That a newer tree continues an older one")
@open_to_all
def consistency(request: HttpRequest, old: Query[Size], new: Query[Size]) -> dict[str, Any]:
    if old > new:
        raise NoSuchSize(size=queries.size())
    return {"old": old, "new": new, "proof": [step.hex() for step in queries.consistency(old, new)]}


@router.post("/log/cosignatures", response=CosignatureOut, auth=None, summary="A registered witness hands in its signature")
@open_to_all
def cosign(request: HttpRequest, given: CosignatureIn) -> dict[str, Any]:
    """The signature itself says who sends it; the same one again changes nothing."""
    seal = actions.add_cosignature(given.size, given.line)
    return {"witness": seal.witness_id, "size": seal.head.size, "at": seal.at.isoformat()}
