"""The check that the city itself makes: the single file's verdict with the city's keys and today's status list, then how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.marks import credential, queries
from chengxin.marks.credential import EDDSA, SM2
from chengxin.marks.verify_mark import TEXTS, Question, verdict


@dataclass(frozen=True)
class Checked:
    """code: good, or the first thing wrong (a key of verify_mark.TEXTS); claims: of a mark that is genuine."""

    code: str
    claims: dict[str, Any]
    serial: str = ""

    @property
    def said(self) -> dict[str, str]:
        zh, en = TEXTS[self.code]
        return {"zh": zh, "en": en}


def check(mark: str, host: str, nonce: str = "", audience: str = "") -> Checked:
    """Whether a mark that somebody was shown on a host is genuine, for this host, in force, and no copy of an old one."""
    at = clock.now().timestamp()
    found = verdict(mark, Question(host, at, credential.key_hex(EDDSA), "", nonce, audience))
    if found.code == "other_key":
        found = verdict(mark, Question(host, at, credential.key_hex(SM2), "", nonce, audience))
    if not found.claims:
        return Checked(found.code, {})
    try:
        known = queries.by_serial(str(found.claims.get("serial", "")))
    except NotFound:
        return Checked("forged", {})
    code = found.code if found.code != "good" else queries.standing(known).code
    return Checked(code, found.claims, known.serial)
