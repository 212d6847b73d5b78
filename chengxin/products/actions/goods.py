"""An owner registers products and batches, adds certificates and codes, and says where the codes lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor, system
from chengxin.audit import actions as audit
from chengxin.audit import rows
from chengxin.evidence import actions as evidence
from chengxin.kernel import clock, ids, locks
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.products import gs1
from chengxin.products.access import OWNER
from chengxin.products.actions.steps import check_code, check_text, named, wrong
from chengxin.products.errors import GtinTaken, LotTaken
from chengxin.products.models import Batch, Certificate, Product, ProductLink, TraceCode
from chengxin.products.resolver import RELATIONS
from chengxin.subjects.models import Subject

MOST_CODES = 2_000
LENGTHS = {"name_en": 120, "brand": 80, "spec": 80, "standard_no": 60, "licence_no": 60, "net_unit": 3}
INTAKE = system("products.intake")
ELECTRONIC = "4"  # of the code list evidence_kind: electronic data


def register(actor: Actor, subject_id: Any, given: Mapping[str, Any]) -> Product:
    """Register a product of one's own. given: gtin, name, category and what else Product has. Raises NotFound, CodeWrong, GtinTaken."""
    subject = own(actor, subject_id)
    gtin = gs1.gtin14(str(given.get("gtin", "")).strip())
    name = check_text(str(given.get("name", "")), "品名", "the name", 2)[:120]
    category = check_code("trace_category", str(given.get("category", "")))
    made = Product(subject=subject, gtin=gtin, name=name, category=category, made_at=clock.now())
    for name_of, most in LENGTHS.items():
        setattr(made, name_of, str(given.get(name_of) or "").strip()[:most])
    made.net_quantity, made.yield_thousandths = given.get("net_quantity"), int(given.get("yield_thousandths") or 1000)
    if made.net_unit:
        check_code("trace_unit", made.net_unit)
    made.made_by, made.made_by_name = named(actor)
    with transaction.atomic(), locks.locked(f"products.gtin:{gtin}"):
        if Product.objects.filter(gtin=gtin).exists():
            raise GtinTaken(gtin=gtin)
        made.save(force_insert=True)
        data = {"gtin": gtin, "subject": str(subject.pk), "category": category}
        audit.record("products.product.registered", actor=str(actor), object=f"products.product:{made.pk}", data=data)
    return made


def own(actor: Actor, subject_id: Any) -> Subject:
    """A subject of the actor's own. Raises NotFound."""
    if not actor.has(OWNER) or str(subject_id) not in {str(one) for one in actor.subjects}:
        raise NotFound
    return Subject.objects.get(pk=subject_id)


def mine(actor: Actor, gtin: str) -> Product:
    """A product of the actor's own; an officer reads it but does not write it. Raises NotFound."""
    found = access.get(actor, Product, gtin=gtin)
    own(actor, found.subject_id)
    return found


def add_batch(actor: Actor, gtin: str, given: Mapping[str, Any]) -> Batch:
    """Register a batch. given: lot, made_at, expires_at, quantity, unit, origin, division. Raises LotTaken, ContentWrong, CodeWrong."""
    product = mine(actor, gtin)
    lot = gs1.check_lot(str(given.get("lot", "")).strip())
    made = Batch(product=product, lot=lot, entered_at=clock.now())
    made.made_at, made.expires_at = given.get("made_at"), given.get("expires_at")
    if made.made_at and made.expires_at and made.expires_at < made.made_at:
        wrong("保质期不能早于生产日期", "it cannot be best before it was made")
    made.quantity, made.unit = _amount(given.get("quantity"), str(given.get("unit") or ""))
    made.origin, made.division = str(given.get("origin") or "").strip()[:80], str(given.get("division") or "")[:12]
    made.entered_by, made.entered_by_name = named(actor)
    with transaction.atomic(), locks.locked(f"products.gtin:{product.gtin}"):
        if product.batches.filter(lot=lot).exists():
            raise LotTaken(lot=lot)
        made.save(force_insert=True)
        data = {"gtin": product.gtin, "lot": lot}
        audit.record("products.batch.registered", actor=str(actor), object=f"products.batch:{made.pk}", data=data)
    return made


def _amount(quantity: Any, unit: str) -> tuple[Decimal | None, str]:
    if quantity in (None, ""):
        return None, ""
    amount = Decimal(str(quantity))
    if amount <= 0:
        wrong("数量应大于零", "a quantity is more than nothing")
    return amount, check_code("trace_unit", unit or "KGM")


def certify(actor: Actor, batch_id: Any, given: Mapping[str, Any], scan: tuple[bytes, str] | None = None) -> Certificate:
    """Add a certificate. given: kind, number, issuer, issued_on, result, weight, origin; scan: bytes and type, kept as an exhibit."""
    batch = _my_batch(actor, batch_id)
    made = Certificate(batch=batch, kind=check_code("product_certificate", str(given.get("kind", ""))), made_at=clock.now())
    made.issuer = check_text(str(given.get("issuer", "")), "出具人", "the issuer", 2)[:120]
    made.issued_on = given.get("issued_on") or clock.today()
    if made.issued_on > clock.today():
        wrong("出具日期不能晚于今天", "the day of issue may not be later than today")
    for name, most in (("result", 200), ("weight", 40), ("origin", 80)):
        setattr(made, name, str(given.get(name) or "").strip()[:most])
    made.made_by, made.made_by_name = named(actor)
    with transaction.atomic(), locks.locked(f"products.batch:{batch.pk}"):
        made.number = str(given.get("number") or "").strip()[:60] or _certificate_number(batch)
        if batch.certificates.filter(kind=made.kind, number=made.number).exists():
            wrong("该编号的证明已经登记", "a certificate of this number is registered already")
        if scan:
            made.exhibit = _keep(actor, batch, made, scan)
        data = {"gtin": batch.product.gtin, "lot": batch.lot, "kind": made.kind, "number": made.number}
        return rows.put(made, "products.certificate.added", actor=str(actor), object=f"products.batch:{batch.pk}", data=data)


def _certificate_number(batch: Batch) -> str:
    return f"{batch.product.gtin[-6:]}-{batch.lot}-{batch.certificates.count() + 1}"


def _keep(actor: Actor, batch: Batch, made: Certificate, scan: tuple[bytes, str]) -> Any:
    about = {"from": actor.name, "actor": str(actor), "certificate": made.number}
    title = f"{batch}：{made.number}"
    data, content_type = scan
    matter, of = f"products.batch:{batch.pk}", department()
    return evidence.keep(INTAKE, matter, of, ELECTRONIC, title, data, content_type=content_type, about=about).pk


def department() -> str:
    """Who is in charge of the tracing of products today: the first department that measure (十) names."""
    book = law.at(clock.today())
    return next(one for one in book.measures() if one.code == "M10").lead_now[0]


def _my_batch(actor: Actor, batch_id: Any) -> Batch:
    found = access.get(actor, Batch, pk=batch_id)
    own(actor, found.product.subject_id)
    return found


def make_codes(actor: Actor, batch_id: Any, many: int) -> list[TraceCode]:
    """Codes with serials for things of a batch, going on from those there are. Raises ContentWrong beyond 2,000 at once."""
    batch = _my_batch(actor, batch_id)
    if not 1 <= many <= MOST_CODES:
        wrong(f"一次可生成 1 至 {MOST_CODES} 个码", f"1 to {MOST_CODES} codes are made at once")
    with transaction.atomic(), locks.locked(f"products.batch:{batch.pk}"):
        first = batch.codes.filter(national=False).count() + 1
        serials = [f"{batch.pk.hex[-8:].upper()}{first + place:06d}" for place in range(many)]
        made = [
            TraceCode(batch=batch, serial=serial, key=gs1.Code(batch.product.gtin, serial=serial).key, made_at=clock.now())
            for serial in serials
        ]
        TraceCode.objects.bulk_create(made, batch_size=500)
        data = {"gtin": batch.product.gtin, "lot": batch.lot, "first": serials[0], "many": many}
        audit.record("products.codes.made", actor=str(actor), object=f"products.batch:{batch.pk}", data=data)
    return made


def add_national_codes(actor: Actor, batch_id: Any, codes: Sequence[str]) -> int:
    """Codes of a national system on things of a batch, as they are printed. Known ones of the same batch are left out."""
    batch = _my_batch(actor, batch_id)
    wanted = list(dict.fromkeys(one.strip() for one in codes if one.strip()))
    if not wanted or len(wanted) > MOST_CODES or any(len(one) > 200 for one in wanted):
        wrong(f"一次可登记 1 至 {MOST_CODES} 个码", f"1 to {MOST_CODES} codes are entered at once")
    with transaction.atomic(), locks.locked(f"products.batch:{batch.pk}"):
        known = dict(TraceCode.objects.filter(key__in=wanted).values_list("key", "batch_id"))
        if any(other != batch.pk for other in known.values()):
            wrong("有的码已登记在其他批次", "a code belongs to another batch")
        made = [TraceCode(batch=batch, key=one, national=True, made_at=clock.now()) for one in wanted if one not in known]
        TraceCode.objects.bulk_create(made, batch_size=500)
        data = {"gtin": batch.product.gtin, "lot": batch.lot, "many": len(made)}
        audit.record("products.codes.entered", actor=str(actor), object=f"products.batch:{batch.pk}", data=data)
    return len(made)


def set_link(actor: Actor, gtin: str, relation: str, language: str, target: str, title: str) -> ProductLink:
    """Where the product's codes lead by this kind of link; an empty target takes it away. A change is a new version."""
    product = mine(actor, gtin)
    if relation not in RELATIONS or language not in ("zh", "en"):
        wrong("链接类型或者语言不支持", "this kind of link or language is not known")
    if target and not target.startswith("https://"):
        wrong("链接应以 https:// 开头", "a link begins with https://")
    with transaction.atomic(), locks.locked(f"products.gtin:{product.gtin}"):
        there = product.links.filter(relation=relation, language=language)
        made = ProductLink(id=ids.new_id(), product=product, relation=relation, language=language, version=there.count() + 1)
        made.target, made.title, made.at = target.strip()[:500], title.strip()[:100], clock.now()
        made.by, made.by_name = named(actor)
        data = {"gtin": product.gtin, "relation": relation, "language": language, "version": made.version, "target": made.target}
        return rows.put(made, "products.link.set", actor=str(actor), object=f"products.product:{product.pk}", data=data)
