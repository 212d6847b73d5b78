"""What the contract gate asks of the log's witnesses: a signature that is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chengxin.audit import actions, note
from chengxin.kernel import clock
from tests.gates.contract import Request

if TYPE_CHECKING:
    from tests.gates.happy_paths import World

NAME = "witness.example/gate"
KEY = Ed25519PrivateKey.from_private_bytes(b"7" * 32)


def signed(world: World) -> Request:
    """A registered witness hands in its signature on the newest kept head."""
    actions.register_witness(NAME, note.raw(KEY.public_key()), actor="user:1")
    head = actions.sign_head()
    return Request("anonymous", body={"size": head.size, "line": note.cosign(head.note, NAME, KEY, clock.now())})


HAPPY: dict[str, Callable[[World], Request]] = {"POST /api/v1/log/cosignatures": signed}
