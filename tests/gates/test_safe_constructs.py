"""Constructs that open a house stand nowhere in it, or only where the table below says why: one look at every source file.

Beside what ruff's security rules refuse; a rule can be silenced by a comment in a line, this list cannot.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_database
ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "chengxin"

# construct → files that may use it, each with the reason
ALLOWED: dict[str, dict[str, str]] = {
    "mark_safe": {
        "supervision/pictures/svg.py": "a drawing whose every text and attribute is escaped before",
        "web/templatetags/chengxin.py": "our own icons, and a fixed attribute",
    },
    "xml parser": {
        "exchange/reading.py": "in the jail, a document type is refused before",
        "traceability/xml_in.py": "in the jail, without entities and document types",
        "traceability/xml_out.py": "writes only",
        "compensation/bank_files.py": "writes only",
        "campaigns/channels.py": "writes only",
    },
    "subprocess": {
        "house.py": "starts its own interpreter with fixed words",
        "kernel/jail.py": "the child with limits",
        "facts/columnar.py": "the child with limits that reads tables",
        "keeping/databases.py": "pg_dump and pg_restore with fixed words, the password in the environment",
    },
    "pickle": {"kernel/jail.py": "between parent and its own child; the unpickler admits plain values only (test_jail.py)"},
    "yaml": {"law/shelf.py": "a loader made out of SafeLoader that refuses a key given twice"},
    "weak hash": {"accounts/passwords.py": "SHA-1 is the key of the list of stolen passwords"},
    "csrf_exempt": {
        "web/views.py": "the language switch changes the reader's own language only; without a token public pages set no cookie"
    },
    "|safe": {"evaluation/offline.html": "our own scripts, inside the file that is verified without us"},
}
READS = {  # what is only looked at may leave a line in the log of reads
    "record_read", "read", "read_own", "follow", "note_read", "may_confirm", "version_of", "values", "in_use",
}  # fmt: skip
THROUGH = {"draft_rule", "draft_version", "edit"}  # handed to a function of the same file that runs them for a POST
SINKS = re.compile(
    r"\.innerHTML\s*=|\.outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function\(|addEventListener\(\s*[\"']message"
)


def sources(ending: str = "*.py") -> list[Path]:
    return [path for path in sorted(HOUSE.rglob(ending)) if "tests" not in path.parts and "migrations" not in path.parts]


def constructs(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every construct of the kinds that are looked for, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [f"{node.module}.{one.name}" for one in node.names]
            )
            for name in names:
                if re.match(r"(pickle|cPickle|dill|shelve|marshal)\b", name):
                    yield "pickle", node.lineno
                if re.match(r"(xml\.(etree|sax\.(?!saxutils)|dom)|lxml)", name):
                    yield "xml parser", node.lineno
                if re.match(r"(subprocess|pty)\b", name):
                    yield "subprocess", node.lineno
        if isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if name in ("mark_safe", "csrf_exempt"):
                yield name, node.lineno
        if isinstance(node, ast.Call):
            yield from of_call(node)


def of_call(node: ast.Call) -> Iterator[tuple[str, int]]:
    said = ast.unparse(node.func)
    keywords = {one.arg: ast.unparse(one.value) for one in node.keywords}
    if said in ("eval", "exec", "__import__"):
        yield "eval", node.lineno
    if said in ("os.system", "os.popen") or keywords.get("shell") == "True":
        yield "shell", node.lineno
    if said in ("yaml.unsafe_load", "yaml.full_load") or (said == "yaml.load" and not keywords.get("Loader", "").endswith("SafeLoader")):
        yield "yaml", node.lineno
    if said in ("hashlib.md5", "hashlib.sha1", "md5", "sha1"):
        yield "weak hash", node.lineno
    if keywords.get("verify") == "False" or said.endswith("_create_unverified_context"):
        yield "no certificate check", node.lineno
    if said in ("Template", "Engine.from_string", "engines.from_string") or said.endswith(".from_string"):
        yield "template from text", node.lineno


def found_in(path: Path, text: str) -> list[str]:
    relative = path.relative_to(HOUSE).as_posix()
    return [f"{relative}:{line} {kind}" for kind, line in constructs(ast.parse(text)) if relative not in ALLOWED.get(kind, {})]


def test_no_source_file_has_a_construct_that_opens_the_house() -> None:
    read = sources()
    found = [one for path in read for one in found_in(path, path.read_text(encoding="utf-8"))]
    assert found == []
    print(f"{len(read)} source files, 0 constructs")


def test_no_template_prints_text_as_markup() -> None:
    found = [
        path.relative_to(HOUSE).as_posix()
        for path in sources("*.html")
        if re.search(r"\|\s*safe\b|autoescape off", path.read_text(encoding="utf-8"))
        and not path.as_posix().endswith(tuple(ALLOWED["|safe"]))
    ]
    assert found == []


def test_no_script_of_ours_makes_markup_out_of_text() -> None:
    ours = [path for path in sources("*.js") if not path.name.endswith(".min.js")]
    assert len(ours) > 5
    assert [path.name for path in ours if SINKS.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("import pickle", "pickle"),
        ("from lxml import etree", "xml parser"),
        ("from xml.etree import ElementTree", "xml parser"),
        ("import subprocess", "subprocess"),
        ("eval(x)", "eval"),
        ("os.system(x)", "shell"),
        ("run(x, shell=True)", "shell"),
        ("yaml.load(x)", "yaml"),
        ("yaml.load(x, Loader=yaml.Loader)", "yaml"),
        ("hashlib.md5(x)", "weak hash"),
        ("@csrf_exempt\ndef f(): ...", "csrf_exempt"),
        ("mark_safe(x)", "mark_safe"),
        ("get(x, verify=False)", "no certificate check"),
        ("Template(x)", "template from text"),
    ],
)
def test_the_twin_each_construct_is_seen(text: str, kind: str) -> None:
    assert any(one.endswith(kind) for one in found_in(HOUSE / "somewhere.py", text))


@pytest.mark.parametrize("text", ["x.innerHTML = y", "eval(x)", "addEventListener('message', f)"])
def test_the_twin_a_sink_of_a_script_is_seen(text: str) -> None:
    assert SINKS.search(text)


# ---- what is only asked for changes nothing


def acting_views() -> list[tuple[str, bool]]:
    """Views that call an action, and whether they do so for a POST only."""
    found = []
    for path in sources():
        if not re.search(r"(^|/)\w*views?(/|\.py$)|desk\.py$|_views\.py$", path.relative_to(HOUSE).as_posix()):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and any("open_to" in ast.unparse(one) for one in node.decorator_list):
                called = {ast.unparse(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)}
                acts = {
                    name
                    for name in called
                    if re.match(r"(\w*actions|sessions|invitations)\.", name) and name.split(".")[-1] not in READS | THROUGH
                }
                told = ast.unparse(node)
                if acts:
                    guarded = (
                        any("require_POST" in ast.unparse(one) for one in node.decorator_list)
                        or "request.method" in told
                        or "request.POST" in told
                    )
                    found.append((f"{path.relative_to(HOUSE)}:{node.name} {sorted(acts)}", guarded))
    return found


def test_a_view_that_acts_does_so_for_a_post_only() -> None:
    views = acting_views()
    assert len(views) > 100
    assert [name for name, guarded in views if not guarded] == []


# ---- headers and scripts

OPEN_TO_OTHER_SITES = {
    "marks/views/public.py",
    "products/views/public.py",
    "publicity/views/data.py",
}  # what is public, the same for everybody
OF_THE_HOUSE = {  # what names of downloads are made of: numbers, kinds and codes that the house gives
    "kind", "found.pk", "found.number", "made.number", "document.code", "one.shop.shop_id", "one.day.isoformat()", "found.form", "name",
    "self.table.name", "clock.today()", "self.export", "subject.pk", "document.pk", "made.platform", "made.since", "made.until",
    "found.period",
    "batch.platform.code", "batch.year", "batch.month", "shape", "form", "number", "day.isoformat()",  # of the register
    "plain",  # letters, digits and -_. alone (products/views/merchant.py)
}  # fmt: skip


def test_other_sites_read_only_what_is_public() -> None:
    found = {path.relative_to(HOUSE).as_posix() for path in sources() if "Access-Control-Allow" in path.read_text(encoding="utf-8")}
    assert found == OPEN_TO_OTHER_SITES
    assert not any("Allow-Credentials" in (HOUSE / one).read_text(encoding="utf-8") for one in found)


def names_of_downloads(tree: ast.AST) -> Iterator[str]:
    """What is put into the names of downloads, where it is not percent-encoded."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and "attachment" in ast.unparse(node):
            yield from (
                ast.unparse(one.value)
                for one in node.values
                if isinstance(one, ast.FormattedValue) and not ast.unparse(one.value).startswith("quote(")
            )


def test_names_of_downloads_are_made_by_the_house() -> None:
    found = [(path.name, name) for path in sources() for name in names_of_downloads(ast.parse(path.read_text(encoding="utf-8")))]
    assert len(found) > 5 and [one for one in found if one[1] not in OF_THE_HOUSE] == []


def test_the_twin_a_name_that_the_sender_chose_is_seen() -> None:
    assert list(names_of_downloads(ast.parse("""f'attachment; filename="{upload.name}"'"""))) == ["upload.name"]


MERGES = re.compile(r"__proto__|\.prototype\[|Object\.assign\([^,]+,\s*JSON\.parse|\[[\w.]+\]\[[\w.]+\]\s*=[^=]")


def test_no_script_of_ours_merges_foreign_keys_into_objects() -> None:
    ours = [path for path in sources("*.js") if not path.name.endswith(".min.js")]
    assert [path.name for path in ours if MERGES.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("text", ["a.__proto__ = b", "a[key][other] = value", "Object.assign({}, JSON.parse(x))"])
def test_the_twin_a_merge_is_seen(text: str) -> None:
    assert MERGES.search(text)
