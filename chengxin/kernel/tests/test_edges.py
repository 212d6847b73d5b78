"""The kernel at its edges: what a small wrong change of it would break."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from chengxin.kernel import characters, clock, encryption, errors, ids, intervals, language, masking, money, paper

# ---- intervals: values of Wilson's formula computed with exact arithmetic beside it


@pytest.mark.parametrize(
    ("share", "n", "low", "high"),
    [
        (0.5, 10, 0.236593090512, 0.763406909488),
        (0.0, 10, 0.0, 0.277532799862),
        (1.0, 10, 0.722467200138, 1.0),
        (0.25, 4, 0.045587062, 0.699358163),
    ],
)
def test_the_interval_of_a_share(share, n, low, high):
    assert intervals.wilson(share, n) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize("n", [3, 17, 250])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.91])
def test_both_ends_are_as_far_from_the_share_as_chance_allows(share, n):
    for end in intervals.wilson(share, n):
        assert (share - end) ** 2 == pytest.approx(intervals.Z**2 * end * (1 - end) / n)


def test_of_nothing_one_knows_nothing():
    assert intervals.wilson(0.5, 0) == (0.0, 1.0)


# ---- ids and money


def test_an_id_is_its_milliseconds_and_random_bits(monkeypatch):
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_645_557_742_000_000_000 + 999_999)
    made = []
    for random in (0, (1 << 74) - 1):
        asked = []
        monkeypatch.setattr(ids.secrets, "randbits", lambda bits, random=random, asked=asked: asked.append(bits) or random)
        made.append(ids.new_id())
        assert asked == [74]
    assert made == [uuid.UUID("017f22e2-79b0-7000-8000-000000000000"), uuid.UUID("017f22e2-79b0-7fff-bfff-ffffffffffff")]
    assert all((one.version, one.variant) == (7, uuid.RFC_4122) for one in made)
    monkeypatch.setattr(ids.secrets, "randbits", lambda bits: 0x155 << 62 | 0x0123456789ABCDEF)
    assert ids.new_id() == uuid.UUID("017f22e2-79b0-7155-8123-456789abcdef")


def test_a_time_longer_than_48_bits_is_cut(monkeypatch):
    monkeypatch.setattr(ids.time, "time_ns", lambda: ((1 << 48) + 5) * 1_000_000)
    assert ids.new_id().int >> 80 == 5


def test_check_digits():
    assert [ids.gtin_check(one) for one in ("0", "1", "7", "03600029145", "978030640615")] == ["0", "7", "9", "2", "7"]
    for wrong in ("", "12a", "１２", "-1"):
        with pytest.raises(ValueError, match="a GS1 number has only digits"):
            ids.gtin_check(wrong)


def test_our_numbers_have_their_parts():
    assert ids.our_number("CL", "230400", date(2026, 11, 24), 17)[:-1] == "CL2304002026112400017"
    assert ids.is_our_number(ids.our_number("CL", "230400", date(2026, 11, 24), 99_999))
    for sequence in (0, -1, 100_000):
        with pytest.raises(ValueError, match=f"sequence {sequence} does not fit"):
            ids.our_number("CL", "230400", date(2026, 11, 24), sequence)
    assert ids.our_number("CL", "230400", date(2026, 11, 24), 1).startswith("CL230400202611240000")
    assert not ids.is_our_number("CL") and not ids.is_our_number("cl" + "0" * 20) and ids.is_our_number("CL" + "0" * 20)


@pytest.mark.parametrize(
    ("text", "fen"),
    [("12.3", 1230), ("+1", 100), ("-0.01", -1), (" 5 ", 500), (7, 700), (Decimal("1.10"), 110), ("9" * 13, int("9" * 13) * 100)],
)
def test_amounts_are_read(text, fen):
    assert money.parse_yuan(text) == fen


@pytest.mark.parametrize("text", ["9" * 14, "1.", ".5", "1.234", "--1", "1 2"])
def test_other_texts_are_no_amounts(text):
    with pytest.raises(ValueError, match=r"is not an amount in yuan such as 12\.30"):
        money.parse_yuan(text)


@pytest.mark.parametrize(
    ("fen", "plain", "grouped"),
    [
        (0, "0.00", "0.00"),
        (1, "0.01", "0.01"),
        (-1, "-0.01", "-0.01"),
        (100, "1.00", "1.00"),
        (123_456, "1234.56", "1,234.56"),
        (-123_456, "-1234.56", "-1,234.56"),
    ],
)
def test_amounts_are_written(fen, plain, grouped):
    assert (money.yuan(fen), money.yuan_for_people(fen)) == (plain, grouped)


# ---- encryption


@pytest.fixture
def keys(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "keys"
    encryption.forget_cached_keys()
    yield tmp_path / "keys"
    encryption.forget_cached_keys()


@pytest.mark.parametrize("data", [b"", b"\n\n", bytes(range(256)) * 10])
def test_a_file_opens_in_its_own_place_only(keys, data):
    sealed = encryption.seal(data, "a/b")
    assert sealed.startswith(b"k1\n") and len(sealed) == len(b"k1\n") + 12 + len(data) + 16
    assert encryption.unseal(sealed, "a/b") == data
    assert encryption.seal(data, "a/b") != sealed
    encryption.rotate()
    assert encryption.seal(data, "a/b").startswith(b"k2\n") and encryption.unseal(sealed, "a/b") == data


def test_an_altered_file_says_which_it_is(keys):
    sealed = encryption.seal(b"content", "a/b")
    for wrong, field in ((sealed, "a/c"), (sealed[:-1], "a/b"), (sealed[3:], "a/b"), (b"k9" + sealed[2:], "a/b"), (b"", "a/b")):
        with pytest.raises(encryption.Unreadable) as refusal:
            encryption.unseal(wrong, field)
        assert refusal.value.data == {"field": field} and refusal.value.status == 500


@pytest.mark.parametrize("stored", ["", "k1", "k1.", "k1.!!!", "k7.AAAA", "k1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_what_was_never_sealed_does_not_open(keys, stored):
    encryption.encrypt("x", "a.b")
    with pytest.raises(encryption.Unreadable) as refusal:
        encryption.decrypt(stored, "a.b")
    assert refusal.value.data == {"field": "a.b"}


def test_a_blind_index_is_an_hmac_of_its_own_key(keys):
    expected = hmac.new(
        base64.b64decode((keys / "index.key").read_text()) if (keys / "index.key").exists() else encryption.secret("index"),
        b"a.b\0text",
        hashlib.sha256,
    )
    assert encryption.blind_index("text", "a.b") == expected.hexdigest()[:32]
    assert (keys / "index.key").exists() and len(encryption.blind_index("text", "a.b")) == 32


def test_keys_are_32_bytes_and_nothing_else_lies_beside_them(keys):
    (
        encryption.keyed_token("person", "x"),
        encryption.encrypt("x", "a.b"),
        encryption.blind_index("x", "a.b"),
        encryption.public_key_hex("log"),
    )
    assert sorted(one.name for one in keys.iterdir()) == ["index.key", "ring", "sign_log.key", "tokens.key"]
    assert {len(base64.b64decode(one.read_text())) for one in keys.glob("*.key")} == {32}
    assert [len(base64.b64decode(one)) for one in json.loads((keys / "ring").read_text()).values()] == [32]
    encryption.rotate()
    assert [len(base64.b64decode(one)) for one in json.loads((keys / "ring").read_text()).values()] == [32, 32]
    assert sorted(one.name for one in keys.iterdir()) == ["index.key", "ring", "sign_log.key", "tokens.key"]
    assert keys.stat().st_mode & 0o777 == 0o700


def test_a_token_is_63_bits_of_the_keyed_hash(keys):
    domain = hmac.new(encryption.secret("tokens"), b"person", hashlib.sha256).digest()
    digest = hashlib.blake2b(b"u1", digest_size=8, key=domain).digest()
    assert encryption.keyed_token("person", "u1") == int.from_bytes(digest, "little") & (2**63 - 1)


def test_a_signing_key_keeps_its_public_key(keys):
    public = encryption.public_key_hex("log")
    assert len(public) == 64 and encryption.public_key_hex("log") == public != encryption.public_key_hex("mark")


def test_who_comes_second_keeps_the_first_ones_key_and_leaves_no_draft(keys, monkeypatch):
    keys.mkdir()
    first = base64.b64encode(b"1" * 32).decode()
    plain = encryption._draft

    def slower(path, text):
        made = plain(path, text)
        path.write_text(first)  # another process was first
        return made

    monkeypatch.setattr(encryption, "_draft", slower)
    assert encryption.secret("tokens") == b"1" * 32 and [one.name for one in keys.iterdir()] == ["tokens.key"]


def test_the_newest_key_is_the_one_with_the_highest_number(keys):
    for _ in range(10):
        encryption.rotate()
    assert encryption.encrypt("x", "a.b").startswith("k11.")


def test_an_empty_value_is_not_sealed_and_a_field_keeps_its_declaration():
    field = encryption.EncryptedTextField(purpose="p", basis="b", term="t", blank=True)
    field.name, field.model = "phone", SimpleNamespace(_meta=SimpleNamespace(label_lower="a.b"))
    assert field.get_prep_value("") == "" and field.get_prep_value(None) is None and field.from_db_value("", None, None) == ""
    stored = field.get_prep_value("123")
    assert stored != "123" and field.from_db_value(stored, None, None) == encryption.decrypt(stored, "a.b.phone") == "123"
    kept = field.deconstruct()[3]
    assert (kept["purpose"], kept["basis"], kept["term"], kept["blank"]) == ("p", "b", "t", True)


# ---- texts, languages, errors


def test_texts_are_made_plain():
    assert characters.plain("ＡＢＣ　１２") == "abc 12"
    usual, others = next(iter(characters._file()["variants"].items()))
    assert characters.plain("".join(others)) == usual * len(others)
    for one, forms in characters._file()["pairs"].items():
        for parts in forms:
            assert characters.plain(f"甲{parts}") == f"甲{one}", parts
    assert characters.table()["！"] == "!" and characters.table()["～"] == "~" and "\uff5f" not in characters.table()
    assert all(len(key) == 1 for key in characters.latin()) and set(characters.latin()) == {
        o for v in characters._file()["latin"].values() for o in v
    }


def test_what_stands_between_letters_is_squeezed_out():
    assert characters.squeezed("刷_单 + 微★信：100%") == "刷单微信100%"
    assert characters._quoted("a'b") == "a''b"


def test_the_sql_of_plain_says_the_same():
    import duckdb

    texts = ["ＡＢＣ　１２", "它'说", *list(characters.pairs())[:20], "".join(characters.table())]
    con = duckdb.connect()
    con.execute("CREATE TABLE t(x VARCHAR)")
    con.executemany("INSERT INTO t VALUES (?)", [[one] for one in texts])
    assert [row[0] for row in con.execute(f"SELECT {characters.plain_sql('x')} FROM t").fetchall()] == [
        characters.plain(one) for one in texts
    ]


def test_the_citys_day_and_the_clock():
    assert clock.city_day(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)) == date(2026, 11, 24)
    assert clock.city_day(datetime(2026, 11, 23, 15, 59, tzinfo=UTC)) == date(2026, 11, 23)
    with pytest.raises(ValueError, match="aware datetime"):
        clock.set_to(datetime(2026, 1, 1)).__enter__()
    at = datetime(2026, 1, 1, tzinfo=clock.CITY)
    with clock.set_to(at):
        assert clock.now() == at and clock.now().tzinfo is UTC and clock.today() == date(2026, 1, 1)
    assert clock.now() > at


class Odd(errors.ChengxinError):
    code, status = "odd", 418
    what, why, next = {"zh": "怪", "en": "Odd"}, {"zh": "因 {a} {b}", "en": "for {a} {b}"}, {"zh": "", "en": ""}


def test_an_error_says_what_why_and_next_in_the_readers_language():
    told = Odd(a=1)
    assert told.problem("en") == {
        "type": "urn:chengxin:error:odd",
        "title": "Odd",
        "status": 418,
        "code": "odd",
        "detail": "for 1 {b}",
        "next": "",
        "data": {"a": 1},
    }
    assert told.problem("zh")["detail"] == "因 1 {b}"
    assert str(told) == "怪 因 1 {b}" and told.args == ("odd", {"a": 1})
    assert (errors.NotFound.status, errors.Forbidden.status, errors.Invalid.status, errors.Conflict.status) == (404, 403, 422, 409)
    assert [one.code for one in (errors.ChengxinError, errors.NotFound, errors.Forbidden, errors.Invalid, errors.Conflict)] == [
        "error",
        "not_found",
        "forbidden",
        "invalid",
        "conflict",
    ]
    assert errors.ChengxinError.status == 400


@pytest.mark.parametrize(("active", "said"), [("en", "en"), ("en-gb", "en"), ("zh-hans", "zh"), (None, "zh"), ("fr", "zh")])
def test_the_language_is_the_readers_or_chinese(active, said, monkeypatch):
    monkeypatch.setattr(language, "get_language", lambda: active)
    assert language.current() == said
    assert language.pick({"zh": "甲", "en": "A"}) == {"zh": "甲", "en": "A"}[said]


def test_without_django_it_is_chinese(monkeypatch):
    def unset():
        raise language.ImproperlyConfigured

    monkeypatch.setattr(language, "get_language", unset)
    assert language.current() == "zh" and language.pick(SimpleNamespace(zh="甲", en="")) == "甲"
    assert language.pick(SimpleNamespace(zh="甲", en="A"), "en") == "A" and language.pick({"zh": "甲", "en": ""}, "en") == "甲"
    assert language.pick(SimpleNamespace(zh="甲"), "en") == "甲"


# ---- papers and masks


def test_a_verify_code_has_sixteen_signs_that_cannot_be_mistaken():
    made = {paper.new_code() for _ in range(200)}
    assert len(made) == 200 and all(re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}", one) for one in made)
    assert len(paper.SIGNS) == len(set(paper.SIGNS)) == 32


def test_a_qr_code_is_an_svg_with_a_margin_of_one():
    drawn = paper.qr("https://city.example/")
    assert drawn.startswith("<?xml") and 'class="qrline"' in drawn and re.search(r'width="27" height="27"', drawn)


@pytest.mark.parametrize(
    ("kind", "value", "public", "department"),
    [
        ("name", "欧阳修", "欧阳**", "欧阳**"),
        ("name", "欧阳", "欧**", "欧**"),
        ("name", " 李明", "李**", "李**"),
        ("person_name_public", "司马光", "司马某", "司马某"),
        ("id_number", "230400199001011234", "****", "****1234"),
        ("phone", "13812345678", "****", "138****5678"),
        ("phone", "12345678", "****", "123****5678"),
        ("phone", "1234567", "****", "****"),
        ("waybill", "SF1234567890", "****", "****7890"),
        ("account", "6222020200112233", "****", "****2233"),
        ("address", "黑龙江省鹤岗市工农区红军路12号", "黑龙江省鹤岗市工农区****", "黑龙江省鹤岗市工农区红军路****"),
        ("address", "红军12号", "****", "****"),
        ("name", "", "", ""),
    ],
)
def test_masks(kind, value, public, department):
    assert masking.mask(kind, value, "public") == public
    assert masking.mask(kind, value, "department") == department
    assert masking.mask(kind, value, "handler") == value


def test_a_rule_that_nobody_wrote_shows_nothing():
    with pytest.raises(ValueError, match="unknown audience 'all'"):
        masking.mask("name", "李明", "all")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no masking rule for 'face'"):
        masking.mask("face", "x", "handler")  # type: ignore[arg-type]
