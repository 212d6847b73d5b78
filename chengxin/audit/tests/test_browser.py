"""The verification page in a real browser: drop a file, read the verdict, send nothing, stay within the content security policy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from chengxin.audit import actions, outside, tree

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def receipt() -> dict[str, Any]:
    tree._known_good[0] = ""
    outside.path().unlink(missing_ok=True)
    with transaction.atomic():
        return actions.sign_document("facts.receipt", {"批次": "b1", "rows": 3})


def verdict_of(page: Any, path: Path, given: dict[str, Any]) -> str:
    path.write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
    page.set_input_files("#file", str(path))
    page.wait_for_selector("#verdict:not([hidden])")
    page.wait_for_function("document.getElementById('verdict').dataset.code !== ''")
    code: str = page.get_attribute("#verdict", "data-code")
    page.evaluate("() => { const box = document.getElementById('verdict'); box.hidden = true; box.dataset.code = ''; }")
    page.set_input_files("#file", [])
    return code


def test_the_page_tells_genuine_from_tampered_without_sending_anything(
    page: Any, live_server: Any, receipt: dict[str, Any], tmp_path: Path
) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{live_server.url}/verify/", wait_until="networkidle")
    page.on("request", lambda request: asked.append(request.url))
    page.context.set_offline(True)
    changed = {**receipt, "document": receipt["document"].replace("b1", "b2")}
    assert verdict_of(page, tmp_path / "good.json", receipt) == "good"
    assert verdict_of(page, tmp_path / "bad.json", changed) == "document"
    assert verdict_of(page, tmp_path / "other.json", {**receipt, "key": "ab" * 32}) == "other_key"
    assert [url for url in asked if "favicon" not in url] == []  # the browser asks for the icon when it likes
    assert said == []


def test_the_verdict_is_in_the_readers_language(page: Any, live_server: Any, receipt: dict[str, Any], tmp_path: Path) -> None:
    page.goto(f"{live_server.url}/verify/")
    (tmp_path / "good.json").write_text(json.dumps(receipt), encoding="utf-8")
    page.set_input_files("#file", str(tmp_path / "good.json"))
    page.wait_for_selector("#verdict:not([hidden])")
    assert "真实" in page.inner_text("#verdict")
    assert "b1" in page.inner_text("#document")
