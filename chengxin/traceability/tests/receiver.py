"""A subscriber's machine on this one: a real HTTP server that keeps what it took and answers as it is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from chengxin.traceability import subscribing


@dataclass(frozen=True)
class Got:
    """One message: its headers, its bytes, and what was answered."""

    headers: dict[str, str]
    body: bytes
    status: int

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def events(self) -> list[str]:
        """The IDs of its events; of a problem, its type."""
        if "epcisBody" not in self.said:
            return [self.said["type"]]
        return [one["eventID"] for one in self.said["epcisBody"]["queryResults"]["resultsBody"]["eventList"]]


@dataclass
class Receiver:
    """answers: statuses for the next messages, then 200. before: asked with each message's events, may say another status."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    before: Callable[[list[str]], int | None] | None = None
    got: list[Got] = field(default_factory=list)

    @property
    def taken(self) -> list[str]:
        """Events of messages that were answered with 200, in the order of arrival."""
        return [event for one in self.got if one.status == 200 for event in one.events]

    def take(self, headers: dict[str, str], body: bytes) -> int:
        status = self.answers.pop(0) if self.answers else 200
        if self.before is not None:
            status = self.before(Got(headers, body, status).events) or status
        self.got.append(Got(headers, body, status))
        return status


def serving(receiver: Receiver) -> HTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(receiver.take(dict(self.headers), body))
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/events"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return server


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setattr(subscribing, "PRIVATE", True)
    made = Receiver()
    server = serving(made)
    yield made
    server.shutdown()
    server.server_close()
