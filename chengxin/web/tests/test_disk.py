"""What the disk refuses is told as such, whatever was raised on top of it."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from chengxin.audit.errors import LogUnwritable
from chengxin.kernel import storage
from chengxin.kernel.errors import Conflict, NotFound
from chengxin.web import errors
from chengxin.web.middleware import ErrorPageMiddleware, SessionMiddleware


def full(tmp_path: Path) -> sqlite3.Error:
    """What SQLite says when a file may not grow."""
    db = sqlite3.connect(tmp_path / "small.sqlite3")
    db.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as caught:
        db.execute("CREATE TABLE a (b)")
        db.execute("INSERT INTO a VALUES (zeroblob(100000))")
    return caught.value


def raised_from(cause: BaseException, error: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


def test_a_full_disk_is_found_behind_what_was_raised_on_top_of_it(tmp_path: Path) -> None:
    cause = full(tmp_path)
    assert isinstance(storage.behind(cause), storage.DiskFull)
    on_top = raised_from(raised_from(cause, OperationalError("database or disk is full")), LogUnwritable(reason="x"))
    assert isinstance(storage.behind(on_top), storage.DiskFull)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), storage.DiskFull),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), storage.DiskFull),
        (OSError(errno.EROFS, "Read-only file system"), storage.DiskReadOnly),
        (OSError(errno.EIO, "Input/output error"), storage.DiskFaulty),
        (RuntimeError("IO Error: Could not write file: No space left on device"), storage.DiskFull),
    ],
)
def test_each_refusal_has_its_name(error: Exception, kind: type[Exception]) -> None:
    assert type(storage.behind(error)) is kind


@pytest.mark.parametrize("error", [ValueError("x"), NotFound(), Conflict(reason="no space left on device"), OSError(errno.ENOENT, "gone")])
def test_what_is_not_the_disks_fault_is_left_alone(error: Exception) -> None:
    assert storage.behind(error) is None
    assert storage.behind(None) is None


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "存储空间已满"), ("en", "The disk is full")])
def test_the_page_says_it_in_the_readers_language(tmp_path: Path, language: str, words: str) -> None:
    from django.utils import translation

    middleware = ErrorPageMiddleware(lambda request: HttpResponse())
    with translation.override(language):
        answer = middleware.process_exception(RequestFactory().post("/"), OSError(errno.ENOSPC, "No space left on device"))
    assert answer is not None and answer.status_code == 507 and words in answer.content.decode()


def test_what_a_middleware_raised_is_told_too() -> None:
    try:
        raise OSError(errno.EROFS, "Read-only file system")
    except OSError:
        answer = errors.broken(RequestFactory().get("/"))
    assert answer.status_code == 503
    assert errors.broken(RequestFactory().get("/")).status_code == 500


@pytest.mark.django_db
def test_a_page_is_shown_though_its_session_could_not_be_renewed(client) -> None:  # type: ignore[no-untyped-def]
    def view(request: HttpRequest) -> HttpResponse:
        request.session["seen"] = 1
        return HttpResponse("read")

    refused = raised_from(OSError(errno.ENOSPC, "No space left on device"), OperationalError("disk"))

    def refuse(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        if sql.startswith(("INSERT", "UPDATE")):
            raise refused
        return execute(sql, params, many, context)

    serve = SessionMiddleware(view)
    with connection.execute_wrapper(refuse):
        assert serve(RequestFactory().get("/")).content == b"read"
        with pytest.raises(OperationalError):
            serve(RequestFactory().post("/"))
    assert serve(RequestFactory().get("/")).cookies
