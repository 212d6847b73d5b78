"""Django's deploy check finds nothing, and every class of answer carries the headers of the house, by the settings of a server behind TLS.

A child process with `CHENGXIN_ORIGIN=https://…` does both; the twins take the origin or one setting away and must be red.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_database
ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "CHENGXIN_ORIGIN": "https://credit.example",
    "CHENGXIN_HOSTS": "credit.example",
    "CHENGXIN_DEMO": "0",
    "CHENGXIN_DEBUG": "0",
    "DJANGO_SETTINGS_MODULE": "chengxin.settings",
}
ALWAYS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'")

# What the child asks, once a class of answer, as the proxy would; prints {class: [status, headers, cookies]}.
ASK = """
import json, sys
import django
django.setup()
from django.conf import settings
for change in json.loads(sys.argv[1]).items():
    setattr(settings, *change)
from django.test import Client
from chengxin.accounts.models import User
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
told = dict(secure=True, HTTP_HOST="credit.example")
client = Client(raise_request_exception=False)
User.objects.create_user("li", "seven bridges over the river", display_name="li")
asked = {
    "page": client.get("/about/", **told),
    "json": client.get("/api/v1/openapi.json", **told),
    "problem json": client.get("/api/v1/nothing/", **told),
    "file": client.get("/verify/verify_chengxin.py", **told),
    "static": client.get("/static/web/chengxin.css", **told),
    "missing page": client.get("/nothing/", **told),
    "missing static": client.get("/static/nothing.css", **told),
    "wrong method": client.post("/about/", **told),
    "form without token": Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "li"}, **told),
    "wrong password": client.post("/accounts/login/", {"login": "li", "password": "no"}, **told),
    "sign-in": client.post("/accounts/login/", {"login": "li", "password": "seven bridges over the river"}, **told),
    "own page": client.get("/profile/", **told),
    "redirect": client.get("/home/", **told),
    "language": client.post("/language/", {"language": "en"}, **told),
    "trace": client.generic("TRACE", "/about/", **told),
}
asked["sign-out"] = client.post("/accounts/logout/", **told)
def broken(*a, **k):
    raise RuntimeError("secret detail 84a1")
from django.urls import get_resolver
for pattern in get_resolver().url_patterns:
    for one in getattr(pattern, "url_patterns", []):
        if getattr(one, "name", "") == "about" and "about" in str(one.pattern):
            broken.open_to = one.callback.open_to
            one.callback = broken
asked["crash"] = client.get("/about/", **told)
plain = {"HTTP_HOST": "credit.example"}
asked["in clear, page"] = client.get("/profile/", **plain)
asked["in clear, machine"] = client.get("/api/v1/openapi.json", **plain)
print(json.dumps({
    name: [
        one.status_code,
        dict(one.headers),
        {c.key: {k: v for k, v in c.items() if v} for c in one.cookies.values()},
        one.getvalue().decode("utf-8", "replace")[:20000] if name == "crash" else "",
    ]
    for name, one in asked.items()
}))
"""


def child(tmp_path: Path, *command: str, **changed: str) -> subprocess.CompletedProcess[str]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("CHENGXIN_", "DJANGO_", "DATABASE_"))}
    surroundings = {**outside, **PRODUCTION, "CHENGXIN_DATA": str(tmp_path / "data"), "PYTHONPATH": str(ROOT), **changed}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=300, check=False)


def checked(tmp_path: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    return child(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **changed)


def answers(migrated: Path, tmp_path: Path, **settings: object) -> dict[str, list]:
    shutil.copytree(migrated, tmp_path / "data")
    done = child(tmp_path, "-c", ASK, json.dumps(settings))
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def faults(asked: dict[str, list]) -> list[str]:
    """What is missing from which answer."""
    found = []
    for name, (status, headers, cookies, _body) in asked.items():
        wanted = {k: v for k, v in ALWAYS.items() if k != "Strict-Transport-Security"} if name.startswith("in clear") else ALWAYS
        found += [
            f"{name} ({status}): {header} is {headers.get(header)}" for header, value in wanted.items() if headers.get(header) != value
        ]
        policy = headers.get("Content-Security-Policy", "")
        if not name.startswith("in clear, page"):
            found += [f"{name}: policy without {part}" for part in POLICY if part not in policy]
        found += [f"{name}: {word}" for word in ("unsafe-inline", "unsafe-eval") if word in policy]
        kind = headers.get("Content-Type", "")
        if kind.startswith("text/") and "charset=" not in kind and status not in (301, 302):
            found.append(f"{name}: {kind} without charset")
        found += [
            f"{name}: cookie {key} {kept}"
            for key, kept in cookies.items()
            if not (
                key.startswith("__Host-")
                and kept.get("secure")
                and kept.get("httponly")
                and kept.get("samesite") == "Lax"
                and kept["path"] == "/"
            )
            and not kept.get("expires", "").endswith("1970 00:00:00 GMT")  # a cookie taken back
        ]
    return found


@pytest.fixture(scope="module")
def asked(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list]:
    return answers(migrated, tmp_path_factory.mktemp("deploy"))


def test_the_deploy_check_finds_nothing(tmp_path: Path) -> None:
    done = checked(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


@pytest.mark.nightly
def test_the_twin_without_tls_is_red(tmp_path: Path) -> None:
    done = checked(tmp_path, CHENGXIN_ORIGIN="http://credit.example")
    assert done.returncode != 0 and "security.W008" in done.stderr


def test_the_twin_with_debug_pages_is_red(tmp_path: Path) -> None:
    assert "security.W018" in checked(tmp_path, CHENGXIN_DEBUG="1").stderr


def test_every_class_of_answer_carries_the_headers(asked: dict[str, list]) -> None:
    assert faults(asked) == []
    print(f"{len(asked)} classes of answer, 0 without a header")


def test_each_class_is_what_it_is_called(asked: dict[str, list]) -> None:
    said = {name: one[0] for name, one in asked.items()}
    assert said == {
        "page": 200, "json": 200, "problem json": 404, "file": 200, "static": 200, "missing page": 404, "missing static": 404,
        "wrong method": said["wrong method"], "form without token": 403, "wrong password": 200, "sign-in": 302, "own page": 200,
        "redirect": said["redirect"], "language": 302, "trace": said["trace"], "sign-out": 302, "crash": 500,
        "in clear, page": 301, "in clear, machine": 403,
    }  # fmt: skip


def test_the_method_trace_echoes_nothing(asked: dict[str, list]) -> None:
    assert asked["trace"][1].get("Content-Type", "") != "message/http"


def test_a_crash_tells_nothing_of_the_inside(asked: dict[str, list]) -> None:
    assert "84a1" not in asked["crash"][3] and "Traceback" not in asked["crash"][3]


def test_personal_answers_are_kept_by_nobody(asked: dict[str, list]) -> None:
    for name in ("own page", "sign-in", "redirect"):
        assert "no-store" in asked[name][1]["Cache-Control"], name
    assert asked["sign-out"][1]["Clear-Site-Data"] == '"cache"'
    assert "no-store" not in asked["static"][1].get("Cache-Control", "")


def test_no_answer_names_the_software_behind_it(asked: dict[str, list]) -> None:
    for name, (_status, headers, _cookies, _body) in asked.items():
        assert not {"Server", "X-Powered-By"} & headers.keys(), name


def test_the_twin_each_header_switched_off_is_seen(migrated: Path, tmp_path: Path) -> None:
    weakened = {
        "SECURE_CONTENT_TYPE_NOSNIFF": False,
        "SECURE_REFERRER_POLICY": None,
        "SECURE_HSTS_SECONDS": 0,
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": None,
        "CONTENT_SECURITY_POLICY": {"DIRECTIVES": {"default-src": ["'self'", "'unsafe-inline'"]}},
        "SESSION_COOKIE_HTTPONLY": False,
    }
    text = "\n".join(faults(answers(migrated, tmp_path, **weakened)))
    for word in (*ALWAYS, "unsafe-inline", "base-uri", "frame-ancestors", "cookie __Host-sessionid"):
        assert word in text, word
