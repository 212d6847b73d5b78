"""A real HTTP server between a program in another process and the product under test; keeps every byte that passed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from django.test import Client

PASSED_ON = ("Authorization", "Content-Type", "Content-Digest", "Signature", "Signature-Input")


class Gateway:
    """Serves in this thread, because the test's database is seen by this thread only."""

    def __init__(self) -> None:
        self.sent, self.answered = bytearray(), bytearray()
        gateway, http = self, Client()

        class Handler(BaseHTTPRequestHandler):
            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                gateway.sent += f"{self.requestline}\r\n{self.headers}".encode() + body
                headers = {name: self.headers[name] for name in PASSED_ON if self.headers[name] and name != "Content-Type"}
                host = {"HTTP_HOST": self.headers["Host"]}
                kind = self.headers["Content-Type"] or ""
                answer: Any = http.generic(self.command, self.path, body, content_type=kind, headers=headers, **host)
                gateway.answered += answer.content
                self.send_response(answer.status_code)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_GET = do_POST = _pass_on

            def log_message(self, *said: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.server.timeout = 0.1
        self.origin = f"http://127.0.0.1:{self.server.server_port}"

    def run(self, home: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """`chengxin-local` in a process of its own, with no settings of ours and no database to open, while this thread serves."""
        command = [sys.executable, "-m", "chengxin.detection.local.command", "--home", str(home), *arguments]
        bare = {name: value for name, value in os.environ.items() if not name.startswith(("CHENGXIN_", "DATABASE_", "DJANGO_"))}
        done: list[subprocess.CompletedProcess[str]] = []
        environment = {**bare, "DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3", "LANG": "en", "CHENGXIN_SECRET_KEY": "x" * 50}

        def work() -> None:
            done.append(subprocess.run(command, capture_output=True, text=True, env=environment, check=False))

        thread = threading.Thread(target=work)
        thread.start()
        while thread.is_alive():
            self.server.handle_request()
        return done[0]
