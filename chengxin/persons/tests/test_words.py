"""Terms of personal data stand in words: no table's label, clock's id or provision's id reaches the administrators' page."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from chengxin.persons import words
from chengxin.persons.stores import store_name, stores

pytestmark = pytest.mark.one_database
CODE = re.compile(r"^[A-Z_0-9]+$|^[a-z0-9]+\.[0-9A-Za-z]+$|^[a-z_]+\.[A-Z]\w+$")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_table_term_and_basis_is_said_in_words(language: str) -> None:
    with translation.override(language):
        each = [(store_name(one.model), words.term_name(one.term), words.basis_name(one.basis)) for one in stores().values()]
    said = [text for texts in each for text in texts]
    assert not [text for text in said if CODE.match(text)]
    if language == "en":
        assert not [text for text in said if re.search("[一-鿿]", text)]


def test_what_has_no_words_yet_stands_as_it_is() -> None:
    assert (store_name("gone.Table"), words.term_name("until it rains"), words.basis_name("an old rule")) == (
        "gone.Table",
        "until it rains",
        "an old rule",
    )
