"""What is printed: the certificate of a batch with its QR code, and sheets of codes (A4, SVG or PDF)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import segno

from chengxin.kernel import clock, paper
from chengxin.products import lists, resolver
from chengxin.products.gs1 import Code
from chengxin.products.models import Batch, Certificate

CERTIFICATE, CODES = (Path(__file__).with_name(f"{name}.typ") for name in ("certificate", "codes"))
COLUMNS, ROWS, SIDE = 4, 7, 42  # codes on an A4 page, millimetres of a code with its text
PROMISE = [
    "我承诺对生产销售的食用农产品：",
    "不使用禁用农药兽药、停用兽药和非法添加物；常规农药兽药残留不超标；对承诺的真实性负责。",
]


def certificate(made: Certificate) -> bytes:
    """The certificate as PDF. Its words are Chinese: that is its form."""
    batch = made.batch
    code = Code(batch.product.gtin, lot=batch.lot)
    rows = [
        ("产品名称", batch.product.name),
        (
            "数量（重量）",
            made.weight or (f"{batch.quantity.normalize():f} {lists.coded('trace_unit', batch.unit)}" if batch.quantity else "—"),
        ),
        ("产地", made.origin or batch.origin or "—"),
        ("批号", batch.lot),
        ("生产者", made.issuer),
        ("开具日期", made.issued_on.isoformat()),
        ("编号", made.number),
    ]
    title = lists.coded("product_certificate", made.kind)
    foot = "扫描二维码查看该批次的来源、检验和召回情况。"
    words = {"title": title, "promise": PROMISE if made.kind == "CONFORMITY" else [], "rows": rows, "foot": foot, "code": code.path}
    return paper.set_pdf(CERTIFICATE, words, resolver.address(code), clock.now())


def labels(batch: Batch, serials: Sequence[str]) -> list[tuple[str, str]]:
    """(address, text under it) of each code; without serials one for the batch."""
    codes = [Code(batch.product.gtin, serial=one) for one in serials] or [Code(batch.product.gtin, lot=batch.lot)]
    return [(resolver.address(one), one.serial or one.lot) for one in codes]


def sheet_svg(batch: Batch, serials: Sequence[str]) -> bytes:
    """The first page of codes as one SVG of A4, in millimetres."""
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="210mm" height="297mm" viewBox="0 0 210 297" font-family="sans-serif">']
    for place, (address, text) in enumerate(labels(batch, serials)[: COLUMNS * ROWS]):
        x, y = 12 + place % COLUMNS * 48, 8 + place // COLUMNS * 40
        drawn = io.BytesIO()
        segno.make(address, error="m").save(drawn, kind="svg", border=2, xmldecl=False, svgns=False, omitsize=True, nl=False)
        body = drawn.getvalue().decode().replace("<svg ", f'<svg x="{x}" y="{y}" width="34" height="34" ', 1)
        out.append(f'{body}<text x="{x + 17}" y="{y + 37}" font-size="3" text-anchor="middle">{text}</text>')
    return "".join([*out, "</svg>"]).encode()


def sheet_pdf(batch: Batch, serials: Sequence[str]) -> bytes:
    """All codes on as many A4 pages as it takes."""
    made = [{"svg": paper.qr(address), "text": text} for address, text in labels(batch, serials)]
    words = {"title": f"{batch.product.name} {batch.lot}", "labels": made, "columns": COLUMNS}
    return paper.set_pdf(CODES, words, resolver.address(Code(batch.product.gtin, lot=batch.lot)), clock.now())
