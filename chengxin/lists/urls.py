"""Routes of the lists."""

from __future__ import annotations

from typing import Any

app_name = "lists"

urlpatterns: list[Any] = []
