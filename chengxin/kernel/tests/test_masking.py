import pytest

from chengxin.kernel.masking import mask


@pytest.mark.parametrize(
    ("kind", "value", "public", "department"),
    [
        ("name", "张三丰", "张**", "张**"),
        ("name", "欧阳修远", "欧阳**", "欧阳**"),
        ("person_name_public", "张三", "张某", "张某"),
        ("id_number", "230499180001010017", "****", "****0017"),
        ("phone", "10012345678", "****", "100****5678"),
        ("waybill", "YD7300000000017", "****", "****0017"),
        ("account", "6222000011112222", "****", "****2222"),
        ("address", "黑龙江省鹤岗市向阳区红军路12号3单元", "黑龙江省鹤岗市向阳区****", "黑龙江省鹤岗市向阳区红军路****"),
    ],
)
def test_each_audience_sees_no_more_than_its_share(kind: str, value: str, public: str, department: str) -> None:
    assert mask(kind, value, "public") == public  # type: ignore[arg-type]
    assert mask(kind, value, "department") == department  # type: ignore[arg-type]
    assert mask(kind, value, "handler") == value  # type: ignore[arg-type]


def test_an_address_without_a_district_shows_nothing() -> None:
    assert mask("address", "12号楼3单元401", "public") == "****"


def test_a_forgotten_rule_never_shows_the_value() -> None:
    with pytest.raises(ValueError):
        mask("shoe_size", "42", "handler")  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        mask("name", "张三", "everyone")  # type: ignore[arg-type]
