from __future__ import annotations

import re

import numpy as np
import pyarrow.parquet as pq

from chengxin import city
from chengxin.city.identifiers import USCC_ALPHABET, gtins, resident_ids, usccs
from chengxin.kernel import ids


def _valid(uscc: str) -> bool:
    values = [USCC_ALPHABET.index(character) for character in uscc]
    return len(uscc) == 18 and (31 - sum(value * pow(3, place, 31) for place, value in enumerate(values[:17])) % 31) % 31 == values[17]


def test_the_check_character_is_that_of_the_standards_own_example() -> None:
    assert _valid("91350100M000100Y43") and not _valid("91350100M000100Y4Z"[:17] + "4")


def test_codes_are_valid_and_in_the_demo_division() -> None:
    for code in usccs(["91", "92", "93"], np.array([1, 22, 987_654_321])).to_pylist():
        assert _valid(code) and code[2:8] == "230499"


def test_id_numbers_are_nobodys_and_have_their_check_character() -> None:
    weights, marks = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
    assert marks[sum(int(digit) * weight for digit, weight in zip("11010519491231002"[:17], weights, strict=True)) % 11] == "X"
    numbers = resident_ids(np.arange(0, 90_000, 7)).to_pylist()
    assert len(set(numbers)) == len(numbers)
    for number in numbers[:200]:
        assert number.startswith("23049918")
        assert number[17] == marks[sum(int(d) * w for d, w in zip(number[:17], weights, strict=True)) % 11]


def test_barcodes_have_the_example_prefix_and_their_check_digit() -> None:
    for code in gtins(np.array([0, 7, 123_456_789])).to_pylist():
        assert code.startswith("952") and ids.gtin_check(code[:-1]) == code[-1]


def test_the_register_is_invented_and_more_than_half_of_the_shops_are_natural_persons() -> None:
    tables = city.register_tables("M", seed=1)
    assert all(
        (code is None) != (number is None)
        for code, number in zip(tables["subjects"]["uscc"].to_pylist(), tables["subjects"]["id_no"].to_pylist(), strict=True)
    )
    shops = tables["shops"].to_pydict()
    assert abs(np.mean(shops["natural_person"]) - 0.57) < 0.02
    names = [*shops["name"], *tables["subjects"].column("name").to_pylist(), *tables["platforms"].column("name").to_pylist()]
    assert all(re.match("示例|演示|样例", name) for name in names)
    assert all(domain.endswith(".example") for domain in tables["platforms"].column("domain").to_pylist())
    assert len(set(zip(shops["platform"], shops["shop_id"], strict=True))) == len(shops["shop_id"])


def test_the_register_is_that_of_the_written_city(planted: city.City) -> None:
    tables = city.register_tables(recipe=planted.recipe)
    for name, table in tables.items():
        assert pq.read_table(planted.folder / "register" / f"{name}.parquet").equals(table), name
