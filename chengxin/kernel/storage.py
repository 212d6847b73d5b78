"""Making files last, and what a disk may refuse (full, read-only, faulty), found behind whatever was raised on top of it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

from chengxin.kernel.errors import ChengxinError

# SQLite result codes, https://www.sqlite.org/rescode.html; the low byte is the primary code
SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN = 8, 10, 13, 14
# SQLSTATE of PostgreSQL: disk_full, read_only_sql_transaction, io_error
PG_FULL, PG_READONLY, PG_FAULTY = "53100", "25006", "58030"


class DiskFull(ChengxinError):
    code = "disk_full"
    status = 507
    what = {"zh": "存储空间已满，操作未执行。", "en": "The disk is full, so nothing was done."}
    why = {
        "zh": "数据目录所在磁盘没有剩余空间；已有数据没有变化，查询照常可用。",
        "en": "The disk that holds the data has no space left; nothing was changed, and reading goes on.",
    }
    next = {
        "zh": "请通知系统管理员腾出或扩充空间，之后原样重新提交即可，无需重启系统。",
        "en": "Tell the system administrator to free or add space; then send the same again. No restart is needed.",
    }


class DiskReadOnly(ChengxinError):
    code = "disk_read_only"
    status = 503
    what = {"zh": "存储当前只读，操作未执行。", "en": "The disk can only be read now, so nothing was done."}
    why = {
        "zh": "数据目录不接受写入；已有数据没有变化，查询照常可用。",
        "en": "The data directory takes no writes; nothing was changed, and reading goes on.",
    }
    next = {
        "zh": "请通知系统管理员检查磁盘与挂载方式；恢复可写后原样重新提交即可。",
        "en": "Tell the system administrator to look at the disk and its mount; once it can be written, send the same again.",
    }


class DiskFaulty(ChengxinError):
    code = "disk_faulty"
    status = 503
    what = {"zh": "磁盘读写出错，操作未执行。", "en": "The disk reported an error, so nothing was done."}
    why = {"zh": "数据目录暂时无法可靠读写。", "en": "The data directory cannot be read or written reliably now."}
    next = {
        "zh": "请稍后原样重新提交；如再次出现，请通知系统管理员检查磁盘。",
        "en": "Send the same again later; if it happens again, ask the system administrator to look at the disk.",
    }


_ERRNO = {
    errno.ENOSPC: DiskFull, errno.EDQUOT: DiskFull, errno.EROFS: DiskReadOnly, errno.EIO: DiskFaulty,
}  # fmt: skip
_SQLITE = {SQLITE_FULL: DiskFull, SQLITE_READONLY: DiskReadOnly, SQLITE_IOERR: DiskFaulty, SQLITE_CANTOPEN: DiskFaulty}
_PG = {PG_FULL: DiskFull, PG_READONLY: DiskReadOnly, PG_FAULTY: DiskFaulty}
# Engines that pass on what the system said only as text (DuckDB, Arrow)
_SAID = {"no space left on device": DiskFull, "read-only file system": DiskReadOnly}


def sync(path: Path) -> None:
    """fsync of a file or a folder: a file's name is on the disk only when its folder is."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def behind(error: BaseException | None) -> ChengxinError | None:
    """The refusal of the disk that lies behind an error, None when it is another's fault."""
    for one in _chain(error):
        if isinstance(one, DiskFull | DiskReadOnly | DiskFaulty):
            return one
        if (found := _named(one)) is not None:
            return found()
    return None


def _named(error: BaseException) -> type[ChengxinError] | None:
    if isinstance(error, OSError) and error.errno in _ERRNO:
        return _ERRNO[error.errno]
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SQLITE.get(code & 0xFF)
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return _PG.get(state)
    if isinstance(error, ChengxinError):
        return None  # may repeat what somebody typed
    text = str(error).lower()
    return next((kind for words, kind in _SAID.items() if words in text), None)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what it was raised from and what it was raised in, nearest first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
