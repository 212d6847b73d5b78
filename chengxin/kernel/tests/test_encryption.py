from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.kernel import encryption


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path: Path) -> Iterator[None]:
    settings.KEYS_DIR = tmp_path / "keys"
    encryption.forget_cached_keys()
    yield
    encryption.forget_cached_keys()


def test_a_value_opens_only_in_its_own_field() -> None:
    sealed = encryption.encrypt("示例姓名", "subjects.subject.phone")
    assert "示例" not in sealed
    assert encryption.decrypt(sealed, "subjects.subject.phone") == "示例姓名"
    with pytest.raises(encryption.Unreadable):
        encryption.decrypt(sealed, "subjects.subject.name")


def test_an_altered_value_does_not_open() -> None:
    sealed = encryption.encrypt("100", "a.b")
    with pytest.raises(encryption.Unreadable):
        encryption.decrypt(sealed[:-2] + ("AA" if sealed[-2:] != "AA" else "BB"), "a.b")


def test_old_values_stay_readable_after_the_key_is_rotated() -> None:
    old = encryption.encrypt("旧", "a.b")
    assert encryption.rotate() == "k2"
    new = encryption.encrypt("新", "a.b")
    assert (old[:3], new[:3]) == ("k1.", "k2.")
    assert (encryption.decrypt(old, "a.b"), encryption.decrypt(new, "a.b")) == ("旧", "新")


def test_the_same_text_never_looks_the_same_but_its_blind_index_does() -> None:
    assert encryption.encrypt("x", "a.b") != encryption.encrypt("x", "a.b")
    assert encryption.blind_index("x", "a.b") == encryption.blind_index("x", "a.b") != encryption.blind_index("x", "a.c")


def test_keys_are_readable_by_their_owner_only(settings) -> None:
    encryption.encrypt("x", "a.b")
    encryption.secret("tokens")
    assert {oct(path.stat().st_mode)[-3:] for path in settings.KEYS_DIR.iterdir()} == {"600"}


def test_a_second_process_keeps_the_first_one_s_key() -> None:
    first = encryption.secret("tokens")
    encryption.forget_cached_keys()
    assert encryption.secret("tokens") == first


@given(st.lists(st.text(min_size=1), min_size=1, max_size=20))
def test_tokens_of_a_column_are_the_tokens_of_its_values(values: list[str]) -> None:
    column = encryption.keyed_tokens("person", values)
    assert column.dtype == np.int64
    assert (column >= 0).all()
    assert column.tolist() == [encryption.keyed_token("person", value) for value in values]


def test_the_same_value_has_another_token_in_another_domain_and_another_city(settings, tmp_path: Path) -> None:
    here = encryption.keyed_token("person", "u1")
    assert encryption.keyed_token("device", "u1") != here
    settings.KEYS_DIR = tmp_path / "elsewhere"
    encryption.forget_cached_keys()
    assert encryption.keyed_token("person", "u1") != here


def test_a_personal_field_without_purpose_basis_and_term_fails_the_check() -> None:
    from django.db import models

    class Careless(models.Model):  # noqa: DJ008
        phone = encryption.EncryptedTextField(purpose="reach the merchant")

        class Meta:
            app_label = "kernel_test"

    problems = Careless._meta.get_field("phone").check()
    assert [one.id for one in problems] == ["chengxin.E001"]
    assert "basis, term" in problems[0].msg
