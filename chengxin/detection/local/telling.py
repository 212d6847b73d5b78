"""What the platform's operator reads before anything leaves, and what came back; in both languages, as a terminal has no choice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from chengxin import detectors
from chengxin.detection.local import package

STAYS = (
    "以下内容不出平台：买家、收件人、姓名、电话、地址、设备、IP、订单号、运单号、评价内容，以及它们的代号；证据行及其盐值。\n"
    "What stays: buyers, receivers, names, telephones, addresses, devices, IPs, numbers of orders and parcels, texts of reviews, and the "
    "pseudonyms of all these; the evidence rows and their salts."
)


def plainly(body: bytes) -> str:
    """What would leave, line by line."""
    told = package.read(body)
    lines = [
        f"将发送 {len(body):,} 字节；平台 {told.platform}，期间 {told.since[:16]} 至 {told.until[:16]}（协调世界时）",
        f"{len(body):,} bytes would leave; platform {told.platform}, {told.since[:16]} to {told.until[:16]} UTC",
        "",
        "读入文件（只发送哈希、行数和时间）/ files read (only hash, rows and times leave):",
        *(f"  {one.kind}  {one.rows:,} 行 rows  {one.sha256[:16]}…" for one in told.inputs),
        "",
        f"模型 / detectors: {', '.join(f'{name} {one.version}' for name, one in sorted(told.detectors.items()))}",
        "",
        f"发现 / findings: {len(told.findings)}",
        *(_finding(package.read_finding(one)) for one in told.findings),
        "",
        STAYS,
    ]
    return "\n".join(lines)


def _finding(one: package.FindingOut) -> str:
    whom = (
        "、".join(one.shops[:5]) + (f" … ({len(one.shops)})" if len(one.shops) > 5 else "") or "、".join(x.name for x in one.about) or "-"
    )
    rows = ", ".join(f"{kind} {count}" for kind, count in sorted(one.rows.items()))
    card = detectors.load(one.detector)
    withheld = sum(value is None for reason in one.reasons for value in reason.numbers.values())
    return (
        f"  {card.zh.split('：')[0]} {one.detector}  店铺 shops {whom}  分值 score {one.score:.2f}\n"
        f"    理由 reasons: {', '.join(reason.code for reason in one.reasons)}；未发送的数值 values withheld: {withheld}\n"
        f"    账号只发送个数 accounts, only how many: {one.accounts}；证据行只发送哈希 evidence rows, only digests: {rows}"
    )


def receipt(said: dict[str, Any]) -> str:
    """What the city's receipt says."""
    aside = Counter(str(one["why"]) for one in said["quarantined"])
    lines = [f"已接收 {said['accepted']} 条，隔离 {len(said['quarantined'])} 条 / accepted, set aside; 回执 receipt {said['id']}"]
    return "\n".join([*lines, *(f"  {why}: {count}" for why, count in sorted(aside.items()))])


def requests(told: Sequence[dict[str, Any]]) -> str:
    """Open requests with the roots of the findings that they are about."""
    if not told:
        return "没有待答复的请求 / nothing is asked"
    lines = []
    for one in told:
        lines += [f"{one['id']}  {one['due_on']}  {one['question']}", *(f"  root {root}" for root in one["roots"])]
    return "\n".join(lines)


def verdict(told: dict[str, Any]) -> str:
    """What the city made of the rows."""
    return (
        f"与承诺相符 {told['verified']} 行，不符 {told['failed']} 行，缺少 {told['missing']} 行\n"
        f"rows that match what was promised: {told['verified']}; that do not: {told['failed']}; missing: {told['missing']}"
    )
