import pytest

from chengxin.kernel import jail
from chengxin.kernel.errors import Invalid

HERE = "chengxin.kernel.tests.jail_targets"
pytestmark = pytest.mark.one_database


def test_it_returns_what_the_function_returns() -> None:
    assert jail.run(f"{HERE}:size", b"abc", factor=2) == 6


@pytest.mark.parametrize(
    ("target", "cause"),
    [("eat_memory", "memory"), ("spin", "time"), ("die", "crash"), ("break_on_content", "content"), ("fill_disk", "size")],
)
def test_what_goes_wrong_inside_is_a_named_error_outside(target: str, cause: str) -> None:
    with pytest.raises(jail.FileTooHard) as caught:
        jail.run(f"{HERE}:{target}", b"x", seconds=1)
    assert caught.value.data["cause"] == cause
    assert "无法读取" in caught.value.problem("zh")["title"]


def test_an_error_of_the_family_comes_out_as_it_is() -> None:
    with pytest.raises(Invalid) as caught:
        jail.run(f"{HERE}:refuse", b"x")
    assert "a column is missing" in caught.value.problem("en")["detail"]


def test_an_answer_that_would_run_code_is_refused() -> None:
    with pytest.raises(jail.FileTooHard) as caught:
        jail.run(f"{HERE}:answer_with_code", b"x")
    assert caught.value.data["cause"] == "crash"


def test_the_child_sees_no_secret_of_the_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHENGXIN_SECRET_KEY", "canary")
    assert "canary" not in str(jail.run(f"{HERE}:environment", b"x"))


def test_without_limits_the_same_function_takes_the_memory() -> None:
    """The twin: the limit is what stops it, not the function."""
    assert jail.run(f"{HERE}:eat_memory", b"x", memory_mb=8192, seconds=120) == 1024**3
