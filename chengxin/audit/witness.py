"""A witness: keeps the newest head of a log it has seen and signs only heads that continue it. Needs no database; a few lines of state.

Anybody may run one: another department, a platform, a newspaper. Two heads that do not continue each other are, with their signatures,
proof that the log was rewritten (C2SP tlog-witness says the same in HTTP).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chengxin.audit import merkle, note


class Contradiction(Exception):
    """The log showed two heads that cannot both be true; `seen` and `shown` are the evidence."""

    def __init__(self, seen: str, shown: str) -> None:
        super().__init__("the log contradicts itself")
        self.seen, self.shown = seen, shown


@dataclass
class Watch:
    """One witness watching one log. log_key: the log's raw public key; seen: the newest head it signed, as a note."""

    name: str
    key: Ed25519PrivateKey
    log_key: bytes
    seen: str = ""

    def observe(self, shown: str, proof: Sequence[bytes], at: datetime) -> str:
        """Sign a head that continues the last one; returns the signature line.

        Raises ValueError when the log did not sign it, Contradiction when it does not continue what was seen, or when it is older.
        """
        if not note.signed_by_log(shown, [self.log_key]):
            raise ValueError("the head is not signed by the log")
        if self.seen and not continues(self.seen, shown, proof):
            raise Contradiction(self.seen, shown)
        self.seen = shown
        return note.cosign(shown, self.name, self.key, at)


def continues(old: str, new: str, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the head `new` continues the head `old`. An empty log is continued by every log of its name."""
    before, after = note.read(old), note.read(new)
    if before.origin != after.origin:
        return False
    if before.size == 0:
        return before.root == merkle.EMPTY_ROOT
    return merkle.consistency_holds(before.size, after.size, before.root, after.root, proof)
