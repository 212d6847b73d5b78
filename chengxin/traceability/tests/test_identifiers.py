"""One thing has one key, however it is written; GS1's reference implementation says the same."""

from __future__ import annotations

import pytest

from chengxin.traceability import identifiers, units, vocabulary
from chengxin.traceability.identifiers import key_of, parts, to_urn

pytestmark = pytest.mark.one_database
PAIRS = [
    ("urn:epc:id:sgtin:0614141.107346.2017", "01/10614141073464/21/2017"),
    ("urn:epc:id:sgtin:4012345.011122.a%2Fb!", "01/04012345111224/21/a%2Fb%21"),
    ("urn:epc:class:lgtin:4012345.011111.4444", "01/04012345111118/10/4444"),
    ("urn:epc:idpat:sgtin:4012345.066666.*", "01/04012345666663"),
    ("urn:epc:id:sscc:0614141.1234567890", "00/106141412345678908"),
    ("urn:epc:id:sgln:0614141.07346.1234", "414/0614141073467/254/1234"),
    ("urn:epc:id:sgln:4012345.00001.0", "414/4012345000016"),
    ("urn:epc:id:pgln:9521234.00001", "417/9521234000013"),
    ("urn:epc:id:grai:4012345.55555.98765", "8003/0401234555555498765"),
    ("urn:epc:id:giai:4000001.12345", "8004/400000112345"),
    ("urn:epc:id:gdti:0614141.06012.1234", "253/06141410601221234"),
    ("urn:epc:id:gsrn:0614141.1234567890", "8018/061414112345678902"),
    ("urn:epc:id:cpi:0614141.123ABC.123456789", "8010/0614141123ABC/8011/123456789"),
    ("urn:epc:id:ginc:0614141.xyz3311cba", "401/0614141xyz3311cba"),
    ("urn:epc:id:gsin:0614141.123456789", "402/06141411234567890"),
    ("urn:epc:id:sgcn:4012345.67890.04711", "255/401234567890104711"),
    ("urn:epc:id:itip:4012345.012345.01.02.987", "8006/040123451234560102/21/987"),
    ("urn:epc:id:upui:1234567.089456.51qIgY", "01/01234567894560/235/51qIgY"),
    ("https://shop.example/a/gtin/9521234000105/lot/L1/ser/9?x=1#y", "01/09521234000105/21/9"),
    ("http://id.gs1.org/01/09521234000105/22/2A/10/L1", "01/09521234000105/10/L1"),
]


@pytest.mark.parametrize(("uri", "path"), PAIRS)
def test_an_identifier_has_the_key_of_the_standard(uri, path):
    from epcis_event_hash_generator.dl_normaliser import normaliser

    assert key_of(uri) == identifiers.HOME + path
    assert normaliser(uri) in (key_of(uri), None)


@pytest.mark.parametrize(
    "uri", ["urn:uuid:1", "urn:epc:id:sgtin:1.2.3", "https://a.example/01/12/x", "urn:epc:id:bic:ABCU1234567", "x", "http:///"]
)
def test_what_is_no_gs1_identifier_is_its_own_key(uri):
    assert key_of(uri) == uri


def test_a_product_says_gtin_lot_and_serial():
    assert parts("urn:epc:class:lgtin:4012345.011111.4444")[1:] == ("04012345111118", "4444", "")
    assert parts("https://a.example/01/09521234000105/10/L1/21/S1")[1:] == ("09521234000105", "L1", "S1")
    assert parts("urn:epc:id:sscc:0614141.1234567890")[1:] == ("", "", "")


@pytest.mark.parametrize(
    "uri", [uri for uri, _ in PAIRS if uri.split(":")[3:4] and uri.split(":")[3] in ("sgtin", "lgtin", "sscc", "sgln", "pgln", "grai")]
)
def test_a_link_goes_back_to_the_urn_where_the_company_prefix_is_known(uri):
    back = to_urn(key_of(uri))
    assert back.startswith("https://") or key_of(back) == key_of(uri)
    assert to_urn("https://id.gs1.org/01/09521234000105/10/A").startswith(("urn:epc:class:lgtin:", "https://"))


def test_a_word_is_one_word_in_three_forms_and_a_unit_is_converted():
    forms = ("shipping", "urn:epcglobal:cbv:bizstep:shipping", "https://ref.gs1.org/cbv/BizStep-shipping")
    assert {vocabulary.short("bizStep", one) for one in forms} == {"shipping"}
    assert vocabulary.urn("bizStep", "https://my.example/step") == "https://my.example/step"
    assert units.convert(26.0, "CEL", "FAH") == pytest.approx(78.8)
    assert units.convert(1, "TNE", "GRM") == pytest.approx(1e6) and units.in_base(3, "QQ") == (3, "QQ")
