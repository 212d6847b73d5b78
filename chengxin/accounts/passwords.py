"""What may not be a password: words one would try first here, common passwords in thin disguise, and passwords known to be stolen.

`passwords.yaml` keeps the words. Stolen passwords come from the file that the operator puts into the data directory
(`passwords/stolen-sha1.txt`, the sorted download of Have I Been Pwned: SHA-1 in capitals, a colon, a number); without it
only Django's list of 20,000 and its disguises are refused.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

HERE = Path(__file__).parent
HASH_LENGTH = 40
DECORATION = re.compile(r"^[\W\d_]+|[\W\d_]+$")
DISGUISES = (str.maketrans("013457@$!", "oleastasi"), str.maketrans("013457@$!", "oieastasi"))  # 1 stands for l or for i


class ExpectedWords:
    """Refuses a password that is, under its decoration, a word of this house or of the person, or a common password."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        if is_expected(password, names_of(user)):
            raise ValidationError(_("This is a word one would try first, or a common password in disguise."), code="password_expected")

    def get_help_text(self) -> str:
        return _("No word of this house, no name, no common password with a few characters more.")


class Breached:
    """Refuses what stands in the operator's list of stolen passwords, when there is one."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        if is_stolen(password, settings.DATA_DIR / "passwords" / "stolen-sha1.txt"):
            raise ValidationError(_("This password is known to be stolen."), code="password_stolen")

    def get_help_text(self) -> str:
        return _("No password that is known to be stolen.")


def is_expected(password: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether the password, or its unit when it is one unit repeated, is an expected word once case, decoration and disguise are off."""
    expected = words() | names
    return any(form in expected or form in common() for form in forms(password))


def forms(password: str) -> set[str]:
    """The bare words a password may hide: as it stands, undecorated, undisguised, each also as the unit that repeats."""
    plain = password.strip().lower()
    bare = DECORATION.sub("", plain)
    bared = {plain, bare} | {each.translate(disguise) for disguise in DISGUISES for each in (plain, bare)}
    return {unit for each in bared | {DECORATION.sub("", one) for one in bared} for unit in units(each)}


def units(text: str) -> set[str]:
    """Every text whose repetition this is, itself included: `abab` → `ab`, `abab`."""
    return {text[:size] for size in range(1, len(text) + 1) if len(text) % size == 0 and text[:size] * (len(text) // size) == text}


def names_of(user: Any) -> frozenset[str]:
    """The person's own names, in small letters; those of three characters or fewer hide nothing."""
    told = (str(getattr(user, field, "") or "").lower() for field in ("username", "display_name", "officer_number", "phone", "email"))
    return frozenset(part for name in told for part in {name, name.split("@")[0]} if len(part) > 1)


def is_stolen(password: str, path: Path) -> bool:
    """Whether the password's SHA-1 stands in a sorted file of lines `HASH:count`, by bisection. No file: False."""
    if not path.is_file():
        return False
    wanted = hashlib.sha1(password.encode()).hexdigest().upper().encode()  # noqa: S324 - the list's own key, protects nothing
    low, high = 0, path.stat().st_size
    with path.open("rb") as lines:
        while low < high:
            middle = (low + high) // 2
            lines.seek(middle)
            if middle:
                lines.readline()  # the rest of a line that began before
            found = lines.readline()[:HASH_LENGTH].upper()
            if found == wanted:
                return True
            if found and found < wanted:
                low = middle + 1
            else:
                high = middle
    return False


@cache
def words() -> frozenset[str]:
    """The words of passwords.yaml, in small letters."""
    listed = yaml.safe_load((HERE / "passwords.yaml").read_text(encoding="utf-8"))
    return frozenset(str(word).lower() for group in listed.values() for word in group)


@cache
def common() -> frozenset[str]:
    """Django's list of common passwords."""
    return frozenset(CommonPasswordValidator().passwords)
