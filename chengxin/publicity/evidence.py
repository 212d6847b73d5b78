"""An evidence pack: a subject's public facts, for each its entry in the log with its proof, the signed head, and how to check them."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

from chengxin.audit import queries as log
from chengxin.audit import verify
from chengxin.kernel import clock
from chengxin.publicity import queries
from chengxin.subjects.models import Subject

README = """证据包 / Evidence pack
{name}
{day}

facts.json          当日公示的事实 / the facts that were public on this day
proofs/*.json       每一事实的日志条目、包含证明和签名树头 / for each fact its log entry, inclusion proof and signed head
verify_chengxin.py  离线核验程序，一个文件，无须联网 / the offline verifier, one file, no network

核验 / To check:
    python verify_chengxin.py proofs/FILE.json
    chengxin verify proofs/FILE.json --key {key}

城市的日志公钥另见其官方网站 / compare the key with the one the city publishes:
{key}
事实停止公示之日起不得继续传播 / Do not pass a fact on after the day on which it is public no longer.
"""


def pack(subject: Subject) -> bytes:
    """The pack as a zip, of this moment."""
    card = queries.card(subject)
    said = queries.sections(subject, card)
    facts = {**queries.as_data(card), "records": queries.records_as_data(subject)}
    proofs = {one.record.number: one.record.leaf for one in said["records"]}
    proofs.update({one.number: one.leaf for one in said["commitments"]})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("README.txt", README.format(name=card.name, day=clock.today().isoformat(), key=log.public_key()))
        zipped.writestr("facts.json", json.dumps(facts, ensure_ascii=False, indent=1, default=str))
        zipped.writestr("head.txt", log.head().note)
        zipped.writestr("verify_chengxin.py", Path(verify.__file__).read_bytes())
        for name, leaf in proofs.items():
            zipped.writestr(f"proofs/{name}.json", json.dumps(log.leaf_file(leaf), ensure_ascii=False, indent=1))
    return out.getvalue()
