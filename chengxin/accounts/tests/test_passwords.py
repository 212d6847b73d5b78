from __future__ import annotations

import hashlib
from types import SimpleNamespace

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from chengxin.accounts import passwords

GOOD = [
    "a long enough pass phrase",
    "绿色的河流向东流过七号码头",
    "tH7#qq-PlmNbv92x",
    "correct horse battery staple",
    "x" * 11 + "Yz!qwpoe" * 7,
]
EXPECTED = [
    "chengxin2026!", "Chengxin@2026", "ch3ngx1n123456", "诚信诚信诚信诚信诚信诚信", "hegang230400!", "administrator1", "sysadminsysadmin",
    "password123456", "P@ssw0rd!!!!!", "passwordpassword", "123456789012345a", "qwertyqwerty12", "shichangjianguan8", "woaini5201314!",
    "iloveyouiloveyou",
]  # fmt: skip


@pytest.mark.parametrize("password", GOOD)
def test_a_password_of_ones_own_is_taken_whatever_its_characters(password):
    validate_password(password, SimpleNamespace(username="li", display_name="李明", officer_number="", phone="", email=""))


@pytest.mark.parametrize("password", EXPECTED)
def test_what_one_would_try_first_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password", ["liminghua1987", "LiMingHua!!!!", "liming.hua@city.example", "13800138000abc", "李明华李明华李明华李明华"]
)
def test_the_persons_own_names_are_refused(password):
    person = SimpleNamespace(
        username="liminghua", display_name="李明华", officer_number="", phone="13800138000", email="liming.hua@city.example"
    )
    with pytest.raises(ValidationError):
        validate_password(password, person)


def test_more_than_three_thousand_common_passwords_of_the_allowed_length_are_refused():
    fitting = [word * (12 // len(word) + 1) for word in sorted(passwords.common()) if 4 <= len(word) <= 11]
    refused = [each for each in fitting if len(each) >= 12 and passwords.is_expected(each)]
    assert len(refused) == len(fitting) > 3000


def test_the_twin_without_the_look_under_the_disguise_takes_them(monkeypatch):
    monkeypatch.setattr(passwords, "forms", lambda password: {password})
    assert not passwords.is_expected("chengxin2026!") and not passwords.is_expected("passwordpassword")


@pytest.fixture
def stolen(tmp_path):
    def keep(words, end="\r\n"):
        lines = sorted(f"{hashlib.sha1(word.encode()).hexdigest().upper()}:{len(word)}" for word in words)
        path = tmp_path / "stolen-sha1.txt"
        path.write_text(end.join(lines) + end if lines else "", newline="")
        return path

    return keep


@pytest.mark.parametrize("size", [0, 1, 2, 3, 50, 1000])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_line_of_the_list_of_stolen_passwords_is_found_and_nothing_else(stolen, size, end):
    words = [f"stolen {number}" for number in range(size)]
    path = stolen(words, end)
    assert all(passwords.is_stolen(word, path) for word in words)
    assert not any(passwords.is_stolen(f"own {number}", path) for number in range(200))


def test_the_operators_list_is_asked_when_a_password_is_set(stolen, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "passwords").mkdir()
    validate_password("a river of seven bridges")
    stolen(["a river of seven bridges"]).rename(tmp_path / "passwords" / "stolen-sha1.txt")
    with pytest.raises(ValidationError, match=r"泄露|stolen"):
        validate_password("a river of seven bridges")


def test_without_a_list_nothing_is_stolen(tmp_path):
    assert not passwords.is_stolen("anything", tmp_path / "none.txt")


@pytest.mark.parametrize(
    ("text", "units"),
    [("abcabc", {"abc", "abcabc"}), ("abcd", {"abcd"}), ("aaaa", {"a", "aa", "aaaa"}), ("ababa", {"ababa"}), ("", set())],
)
def test_the_units_of_a_repetition(text, units):
    assert passwords.units(text) == units
