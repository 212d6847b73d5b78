from __future__ import annotations

import random

import pyarrow as pa
import pytest

from chengxin.facts.tokens import column_tokens
from chengxin.kernel.encryption import keyed_token, keyed_tokens


def test_lanes_give_the_tokens_of_hashlib_for_every_length_around_a_block() -> None:
    values = ["x" * size + "é木耳"[: size % 4] for size in range(1, 400)]
    assert (column_tokens("person", pa.array(values)) == keyed_tokens("person", values)).all()
    random.Random(3).shuffle(values)  # a short value after a long one sees nothing of it
    assert (column_tokens("person", pa.array(values)) == keyed_tokens("person", values)).all()


@pytest.mark.parametrize("prefix", ["p/", "a-long-platform-code/" * 10])
def test_a_prefix_goes_before_every_value_but_the_city_wide_ones(prefix: str) -> None:
    values = ["U1", "id:9", "id", "i", "U" * 200, "id:" + "7" * 300]
    expected = [keyed_token("person", value if value.startswith("id:") else prefix + value) for value in values]
    assert column_tokens("person", pa.array(values), prefix, "id:").tolist() == expected


def test_null_and_empty_give_zero_and_slices_are_read_where_they_begin() -> None:
    column = pa.array(["a", None, "", "b", "c"]).slice(1, 3)
    assert column_tokens("ip", column).tolist() == [0, 0, keyed_token("ip", "b")]


def test_domains_do_not_share_tokens() -> None:
    assert column_tokens("ip", pa.array(["a"]))[0] != column_tokens("device", pa.array(["a"]))[0]
