"""Pages of the log: its newest leaves and heads, one leaf, who has read my data, and the page that verifies a file offline."""

from __future__ import annotations

import io
import json
import zipfile
from functools import cache
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

from chengxin.audit import covered, queries
from chengxin.audit.tables import LEAVES
from chengxin.audit.verdicts import TEXTS
from chengxin.jobs import reader
from chengxin.kernel import language

WITNESS_MODULES = ("merkle", "note", "witness", "watching")
SINGLE_FILE = Path(__file__).parent / "static" / "audit" / "verify_chengxin.py"


@reader.open_to_all
def log(request: HttpRequest) -> HttpResponse:
    """The newest leaves and kept heads, for everybody."""
    view = LEAVES.view(request.GET, queries.latest())
    if view.export:
        return view.export_response()
    shown = {
        "table": view,
        "head": queries.head(),
        "heads": queries.heads()[:10],
        "witnesses": queries.witnesses(),
        "covered": covered.covered(),
        "key": queries.public_key(),
    }
    return render(request, "audit/log.html", shown)


@reader.open_to_all
def leaf(request: HttpRequest, index: int) -> HttpResponse:
    """One leaf with its body; its proof is a file to keep."""
    found = queries.leaf(index)
    body = json.dumps(json.loads(found.body), ensure_ascii=False, indent=2)
    return render(request, "audit/leaf.html", {"leaf": found, "body": body, "hash": bytes(found.hash).hex()})


@reader.open_to_all
def verify(request: HttpRequest) -> HttpResponse:
    """Check a receipt or proof in the reader's own browser; the file is not sent anywhere."""
    texts = {code: language.pick(pair) for code, pair in TEXTS.items()}
    return render(request, "audit/verify.html", {"texts": texts, "key": queries.public_key()})


@reader.open_to_all
def single_file(request: HttpRequest) -> HttpResponse | FileResponse:
    """The verifier that needs only Python."""
    return FileResponse(SINGLE_FILE.open("rb"), as_attachment=True, filename=SINGLE_FILE.name, content_type="text/x-python; charset=utf-8")


@reader.open_to_all
def witness_file(request: HttpRequest) -> HttpResponse:
    """The witness in one file, for Python with `cryptography`: `python witness_chengxin.pyz run --help`."""
    named = {"Content-Disposition": "attachment; filename=witness_chengxin.pyz"}
    return HttpResponse(packed(), content_type="application/zip", headers=named)


@cache
def packed() -> bytes:
    """The modules a witness runs on, as a zip that Python runs; the same bytes every time."""
    parts = {"__main__.py": "import sys\nfrom chengxin.audit.watching import main\nsys.exit(main())\n", "chengxin/__init__.py": ""}
    parts["chengxin/audit/__init__.py"] = ""
    for name in WITNESS_MODULES:
        parts[f"chengxin/audit/{name}.py"] = (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return body.getvalue()


@reader.open_to("signed_in")
def reads(request: HttpRequest) -> HttpResponse:
    """Who has read the data of the reader and of the reader's own subjects."""
    actor = reader.actor_of(request)
    return render(request, "audit/reads.html", {"reads": queries.reads_of_all(queries.names_of(actor.id, actor.subjects))})
