"""Models as files: one per hash under the data directory, read only when they are what was accepted."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

from chengxin.detection.errors import ModelFileChanged
from chengxin.detection.learning.models import LearnedModel
from chengxin.detection.parts import publish


def path_of(sha256: str) -> Path:
    """Where the file of this hash is."""
    return Path(settings.DATA_DIR) / "models" / f"{sha256}.json"


def keep(model: bytes) -> str:
    """Write the file whole or not at all; returns its hash."""
    name = hashlib.sha256(model).hexdigest()
    publish(path_of(name), model)
    return name


def read(record: LearnedModel) -> bytes:
    """The model's bytes. Raises ModelFileChanged when the file is missing or not what was trained."""
    try:
        found = path_of(record.sha256).read_bytes()
    except OSError as error:
        raise ModelFileChanged(model=str(record)) from error
    if hashlib.sha256(found).hexdigest() != record.sha256:
        raise ModelFileChanged(model=str(record))
    return found
