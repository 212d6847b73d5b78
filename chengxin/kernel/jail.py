"""The parser jail: a file from outside is read only in a child process with hard limits of memory, time, file size and open files.

A 4.8 KB spreadsheet can make a reader ask for 549 GB; in here that is a named error and the server lives on.
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import pickle
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from chengxin.kernel.errors import ChengxinError

MEMORY_MB = 256
SECONDS = 10


class FileTooHard(ChengxinError):
    """The file could not be read inside the limits; `cause` is memory, time, size, crash or content."""

    code = "file_too_hard"
    status = 422
    what = {"zh": "文件无法读取。", "en": "The file could not be read."}
    why = {"zh": "{reason_zh}", "en": "{reason_en}"}
    next = {
        "zh": "请用模板另存为普通 xlsx 或 UTF-8 编码的 CSV，拆成较小的文件后重新上传。原有数据没有变化。",
        "en": "Save it from the template as plain xlsx or UTF-8 CSV, in smaller files, and upload again. Nothing was changed.",
    }


_CAUSES = {
    "memory": ("读取它需要的内存超过上限", "reading it needs more memory than is allowed"),
    "time": ("读取它的时间超过上限", "reading it takes longer than is allowed"),
    "size": ("它展开后超过大小上限", "it unpacks to more than is allowed"),
    "crash": ("读取程序在它上面崩溃", "the reader crashed on it"),
    "content": ("内容损坏或格式不符", "it is damaged or not of the stated format"),
}


def run(target: str, payload: bytes | Path | str, *, memory_mb: int = MEMORY_MB, seconds: int = SECONDS, **arguments: Any) -> Any:
    """Call `target` ("module:function") as function(path, **arguments) in a jailed child and return its (picklable) result.

    Raises FileTooHard when limits or the parser stop it; ChengxinErrors raised inside come out as they are. The answer is a pickle that
    only the child writes; a parser that is taken over could forge it, so the unpickler admits plain values and the error family, no more.
    """
    with tempfile.TemporaryDirectory(prefix="jail-") as folder:
        path = _put(payload, Path(folder))
        answer = Path(folder) / "answer"
        order = pickle.dumps((target, str(path), arguments, str(answer), memory_mb, seconds))
        command = [sys.executable, "-X", "faulthandler=0", "-m", "chengxin.kernel.jail"]
        try:
            child = subprocess.run(command, input=order, capture_output=True, timeout=seconds + 5, env=_bare(folder), check=False)
        except subprocess.TimeoutExpired as cause:
            raise too_hard("time") from cause
        if not answer.exists():
            raise too_hard(_why_dead(child.returncode), note=child.stderr[-300:].decode(errors="replace"))
        return _open(answer.read_bytes())


def too_hard(cause: str, **data: Any) -> FileTooHard:
    """The error for a cause, with its texts."""
    zh, en = _CAUSES[cause]
    return FileTooHard(cause=cause, reason_zh=zh, reason_en=en, **data)


def _put(payload: bytes | Path | str, folder: Path) -> Path:
    if not isinstance(payload, bytes):
        return Path(payload).resolve()
    path = folder / "payload"
    path.write_bytes(payload)
    return path


def _bare(folder: str) -> dict[str, str]:
    """The child's environment: where our code is, one thread, no secrets, no network proxies."""
    root = str(Path(__file__).resolve().parents[2])
    threads = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_IO_THREADS", "OMP_THREAD_LIMIT")}
    return {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": root, "TMPDIR": folder, "ARROW_DEFAULT_MEMORY_POOL": "system", **threads}


def _why_dead(code: int) -> str:
    if -code in (signal.SIGXCPU, signal.SIGALRM):
        return "time"
    return "size" if -code == signal.SIGXFSZ else "memory" if -code in (signal.SIGKILL, signal.SIGABRT) else "crash"


class _Plain(pickle.Unpickler):
    """Admits plain values and numpy/pyarrow columns, nothing that runs."""

    ALLOWED = frozenset(
        [("decimal", "Decimal"), *(("datetime", name) for name in ("datetime", "date", "time", "timedelta", "timezone"))],
    )

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in self.ALLOWED:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} may not leave the jail")


def _open(answer: bytes) -> Any:
    try:
        kind, value = _Plain(io.BytesIO(answer)).load()
    except (pickle.UnpicklingError, EOFError, AttributeError, ValueError) as cause:
        raise too_hard("crash") from cause
    if kind == "ok":
        return value
    if kind == "hard":
        raise too_hard(value[0], note=value[1])
    module, name, data = value
    raised = getattr(importlib.import_module(module), name)
    if not (isinstance(raised, type) and issubclass(raised, ChengxinError)):
        raise too_hard("crash")
    raise raised(**data)


def _limit(memory_mb: int, seconds: int, base_mb: int) -> None:
    """Hard limits for the rest of this process: address space above what the interpreter has already mapped, CPU, file size, files."""
    space = (base_mb + memory_mb) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024 * 1024 * 1024, 1024 * 1024 * 1024))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _cause(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return "size"
    return "memory" if "memory" in str(error).lower() or "malloc" in str(error).lower() else "content"


def _mapped_mb() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize() // (1024 * 1024)


def _child() -> None:
    target, path, arguments, answer, memory_mb, seconds = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - written by our parent
    module, function = target.split(":")
    call = getattr(importlib.import_module(module), function)
    _limit(memory_mb, seconds, _mapped_mb())
    result: tuple[str, Any]
    try:
        result = ("ok", call(path, **arguments))
    except MemoryError:
        result = ("hard", ("memory", ""))
    except ChengxinError as error:
        result = ("error", (type(error).__module__, type(error).__qualname__, error.data))
    except BaseException as error:  # whatever a parser throws is about the file, not about us
        result = ("hard", (_cause(error), f"{type(error).__name__}: {error}"[:300]))
    draft = Path(answer + ".draft")
    draft.write_bytes(pickle.dumps(result))
    draft.rename(answer)


if __name__ == "__main__":
    _child()
    sys.stdout.flush()
    os._exit(0)
