"""Functions that misbehave inside the jail."""

import os
import time
from pathlib import Path

from chengxin.kernel.errors import Invalid


def size(path: str, factor: int = 1) -> int:
    return os.path.getsize(path) * factor


def eat_memory(path: str) -> int:
    return len(bytearray(1024**3))


def spin(path: str) -> None:
    while True:
        pass


def sleep(path: str) -> None:
    time.sleep(60)


def die(path: str) -> None:
    os.kill(os.getpid(), 11)


def refuse(path: str) -> None:
    raise Invalid(reason_zh="列缺失", reason_en="a column is missing")


def break_on_content(path: str) -> None:
    raise ValueError("not a zip file")


def answer_with_code(path: str) -> object:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (os.system, ("true",))

    return Evil()


def environment(path: str) -> dict[str, str]:
    return dict(os.environ)


def fill_disk(path: str) -> None:
    with (Path(path).parent / "big").open("wb") as file:
        file.truncate(2 * 1024**3)
