"""The house as it is served, but no connection outlives its request: the kernel makes no file system read-only under an open writer."""

from __future__ import annotations

from django.conf import settings

from chengxin.wsgi import application

settings.DATABASES["default"]["CONN_MAX_AGE"] = 0

__all__ = ["application"]
