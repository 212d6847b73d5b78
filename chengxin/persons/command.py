"""What the `chengxin` command says of keys, of a city's settings as a file, and of its first week."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from chengxin.jobs import actions as jobs
from chengxin.kernel import encryption
from chengxin.persons import keys as house
from chengxin.persons import moving, onboarding

ACTOR = "system:command"


def keys(act: str, name: str, *, now: bool = False) -> int:
    """`chengxin keys`. The key folder is read and written as who runs the command."""
    if act == "list":
        print(house.as_json())
    elif act == "retire":
        house.retire(name, ACTOR)
        print(f"{name}: destroyed / 已销毁")
    elif name == "ring":
        _ring(now)
    elif name == "log":
        old, new = house.rotate_log(ACTOR)
        print(f"old {old}\nnew {new}\npublish the new one where the old one is / 请在公布旧公钥之处公布新公钥")
    elif name == "secret_key":
        house.rotate_secret_key(ACTOR)
        print("restart the processes that serve / 请重新启动服务进程")
    else:
        why = next((one for one in house.described() if one["name"].removesuffix(".key") == name.removesuffix(".key")), None)
        print(why["why_zh"] + "\n" + why["why_en"] if why else f"{name}: there is no such key / 没有该密钥", file=sys.stderr)
        return 1
    return 0


def _ring(now: bool) -> None:
    """A new key, unless the last rotation is not through yet: then it goes on."""
    used = house.usage()
    waiting = any(places for key, places in used.items() if key != encryption.newest())
    key = encryption.newest() if waiting else house.rotate(ACTOR)
    print(f"newest key {key} / 最新密钥 {key}")
    if now:
        print(f"{house.encrypt_anew(_said)} values / 项")
        return
    title = {"zh": f"用新密钥重新加密：{key}", "en": f"Encrypt anew with {key}"}
    job = jobs.enqueue("chengxin.persons.tasks:encrypt_anew", title=title, key=f"persons.anew:{key}", most_attempts=50)
    print(f"job {job.id} / 后台任务 {job.id}")


def _said(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done}/{total}", end="", file=sys.stderr)


def settings(act: str, file: Path, key: str, parts: list[str], by: str) -> int:
    """`chengxin settings`."""
    if act == "export":
        file.write_text(json.dumps(moving.export(ACTOR), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(f"{file}: key {moving.own_key()}")
        return 0
    found = moving.read(file.read_bytes(), key)
    if act == "check":
        for line in moving.differences(found.parts):
            print(f"{line.part}\t{line.key}\t{line.before}\t→\t{line.after}")
        return 0
    made = moving.propose_by_name(found, parts, by)
    print(f"{made.number}: {', '.join(made.parts)}")
    return 0


def first_week() -> int:
    """`chengxin first-week`: exit code 1 while something is missing."""
    lines = onboarding.steps()
    for one in lines:
        print(f"{'✓' if one.done else '✗'} {one.zh} / {one.en}: {one.said} → {one.where}")
    return 0 if all(one.done for one in lines) else 1
