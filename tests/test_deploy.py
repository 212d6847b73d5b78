"""What lies in deploy/, as far as one machine can tell: commands and settings exist, files parse, units are hardened."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.test_docs import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("systemd/*.service"))
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
HARD = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "RestrictSUIDSGID": "yes",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
}
MOST_EXPOSED = 25  # tenths, of a hundred: systemd calls up to 20 "SAFE" and up to 40 "OK"
pytestmark = pytest.mark.one_database


def settings_there_are() -> set[str]:
    found = set(re.findall(r'"(CHENGXIN_\w+|DATABASE_URL)"', (ROOT / "chengxin/settings.py").read_text()))
    for path in (ROOT / "chengxin").rglob("*.py"):
        found |= set(re.findall(r'environ(?:\.get\(|\[)"(CHENGXIN_\w+)"', path.read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_setting_that_is_named_exists(path: Path) -> None:
    named = set(re.findall(r"\b(CHENGXIN_[A-Z_]+|DATABASE_URL)\b", path.read_text(encoding="utf-8")))
    assert named <= settings_there_are()


def commands() -> list[list[str]]:
    """Every `chengxin …` in a unit, the image, compose and the script."""
    found = [shlex.split(line) for path in UNITS for line in re.findall(r"^Exec\w+=\S*/chengxin (.+)$", path.read_text(), re.M)]
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    found += [one["command"][1:] for one in compose["services"].values() if one.get("command", [""])[0] == "chengxin"]
    found += [json.loads(line)[1:] for line in re.findall(r"^CMD (\[.+\])$", (DEPLOY / "Dockerfile").read_text(), re.M)]
    script = (DEPLOY / "spark/start.sh").read_text().replace('"$@"', "brushing")
    return found + [shlex.split(line) for line in re.findall(r"^exec chengxin (.+)$", script, re.M)]


def test_every_command_that_is_run_exists() -> None:
    from chengxin.cli import parser

    assert len(commands()) == 8
    for words in commands():
        parser().parse_args(words)


def keys_of(unit: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in unit.read_text().splitlines() if "=" in line and not line.startswith("#"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_service_may_no_more_than_it_needs(unit: Path) -> None:
    keys = keys_of(unit)
    assert {name: keys.get(name) for name in HARD} == HARD
    assert keys["User"] == "chengxin"
    assert "MemoryDenyWriteExecute" not in keys, "detectors are compiled at run time"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for path in DEPLOY.glob("systemd/*"):
        (tmp_path / path.name).write_text(path.read_text().replace("/opt/chengxin/bin/chengxin", "/bin/true"))
    units = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "chengxin" in line]
    assert (done.returncode, ours) == (0, [])
    for unit in tmp_path.glob("*.service"):
        words = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(unit)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_compose_keeps_the_database_inside_and_asks_for_health() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = compose["services"]
    assert services["db"]["networks"] == ["inner"]
    assert compose["networks"]["inner"]["internal"] is True
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
    subnet = compose["networks"]["outer"]["ipam"]["config"][0]["subnet"]
    assert services["web"]["environment"]["CHENGXIN_PROXIES"] == subnet
    assert "/health/" in " ".join(services["web"]["healthcheck"]["test"])
    assert services["work"]["environment"]["DATABASE_URL"] == services["web"]["environment"]["DATABASE_URL"]
    named = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    told = set(re.findall(r"^(\w+)=", (DEPLOY / ".env.example").read_text(), re.M))
    assert named == told
    major = services["db"]["image"].partition(":")[2]
    assert f"PostgreSQL {major}" in (DEPLOY / "Dockerfile").read_text(), "pg_dump must not be older than the server"


@pytest.mark.parametrize("path", ["nginx/chengxin.conf", "caddy/Caddyfile"])
def test_the_proxy_hides_the_metrics(path: str) -> None:
    text = (DEPLOY / path).read_text()
    assert re.search(r"(location = /metrics \{\s+return 404|@inner path /metrics\s+respond @inner 404)", text)
    if "nginx" in path:
        assert "X-Forwarded-For $remote_addr" in text
        assert "proxy_add_x_forwarded_for" not in text, "what the visitor sent is not believed"
        assert text.count("{") == text.count("}")


ASK = """
import json, sys
from chengxin.wsgi import application
said = {}
def begin(status, headers, exc=None): said["status"], said["headers"] = status, dict(headers)
for path, more in json.load(sys.stdin):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "SERVER_NAME": "credit.example", "SERVER_PORT": "80", "wsgi.url_scheme": "http"}
    environ |= {"HTTP_HOST": "credit.example", "wsgi.input": sys.stdin.buffer, "wsgi.errors": sys.stderr, **more}
    b"".join(application(environ, begin))
    print(json.dumps([int(said["status"][:3]), said["headers"].get("Location", ""), environ["REMOTE_ADDR"]]))
"""


def asked(folder: Path, *requests: tuple[str, dict[str, str]]) -> list[Any]:
    """What the server answers to requests that look like these: [status, where to, from whom]."""
    settings = {"CHENGXIN_DATA": str(folder), "CHENGXIN_ORIGIN": "https://credit.example", "CHENGXIN_HOSTS": "credit.example"}
    known = {**os.environ, **settings, "CHENGXIN_PROXIES": "127.0.0.1,172.30.0.0/24"}
    known.pop("DATABASE_URL", None)
    words = [sys.executable, "-c", ASK]
    done = subprocess.run(words, input=json.dumps(requests), capture_output=True, text=True, env=known, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]


def test_what_a_trusted_proxy_says_is_believed_and_nobody_else(migrated: Path, tmp_path: Path) -> None:
    said = {"HTTP_X_FORWARDED_FOR": "198.51.100.7", "HTTP_X_FORWARDED_PROTO": "https"}
    here, there, stranger = {"REMOTE_ADDR": "127.0.0.1"}, {"REMOTE_ADDR": "172.30.0.9"}, {"REMOTE_ADDR": "192.0.2.1"}
    found = asked(
        shutil.copytree(migrated, tmp_path / "house"),
        ("/verify/", {**here, **said}),
        ("/verify/", {**there, **said}),
        ("/verify/", {**stranger, **said}),  # anybody could say so
        ("/health/", here),  # a load balancer asks without TLS
        ("/metrics", here),
        ("/metrics", {**here, **said}),  # the proxy asks for somebody else
    )
    assert found[:3] == [[200, "", "198.51.100.7"], [200, "", "198.51.100.7"], [301, "https://credit.example/verify/", "192.0.2.1"]]
    assert [status for status, _, _ in found[3:]] == [200, 200, 404]
