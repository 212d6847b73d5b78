"""`chengxin backup` and `chengxin restore`: what is said at the terminal."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from chengxin.keeping import manifest, sealing


class Bar:
    """Progress on the terminal, a bar for each stage; silent where nobody looks."""

    def __init__(self) -> None:
        self.stage, self.bar = "", tqdm(disable=True)

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self.stage:
            self.bar.close()
            self.stage, self.bar = stage, tqdm(total=total, desc=stage, unit="", disable=None, leave=True)
        self.bar.total = total
        self.bar.update(done - self.bar.n)
        if done >= total:
            self.bar.refresh()


def backup(given: argparse.Namespace) -> int:
    """`chengxin backup [TARGET]`, `chengxin backup --verify BACKUP`."""
    if given.verify:
        return verify(given.verify, given.key)
    from django.conf import settings

    from chengxin.keeping import actions
    from chengxin.keeping.making import Order

    target = given.target or (Path(settings.BACKUP) if settings.BACKUP else None)
    if target is None:
        print("chengxin backup TARGET, or CHENGXIN_BACKUP", file=sys.stderr)
        return 2
    passphrase = sealing.passphrase_from(given.passphrase_file or settings.BACKUP_PASSPHRASE_FILE)
    keys = given.keys or settings.BACKUP_KEYS
    keep = settings.BACKUP_KEEP if given.keep is None else given.keep
    made = actions.backup(Order(target, passphrase, keys, given.with_faults, keep, Bar()))
    print(_summary(made.path, made.manifest))
    print(f"{made.copied >> 20} MB 新写入 / newly written; {made.removed} 代旧备份已删除 / old generations removed")
    for path in made.manifest.missing:
        print(f"缺失 / missing: {path}", file=sys.stderr)
    return 0


def verify(path: Path, key: str) -> int:
    """Read every byte of a backup."""
    generation = manifest.generation_at(path)
    found = manifest.verify(generation, key, Bar())
    manifest.check_newer(found)
    print(_summary(generation, found))
    if not key:
        print(f"签名公钥 / signed by: {found.key}")
        _compare_with_ours(found.key)
    return 0


def _compare_with_ours(signer: str) -> None:
    """Where this register has its keys, say when the backup is another's."""
    from django.conf import settings

    from chengxin.audit import tree

    if (settings.KEYS_DIR / "sign_log.key").exists() and bytes.fromhex(signer) not in tree.log_keys():
        print("不是本系统的密钥签署的 / not signed by a key of this register", file=sys.stderr)


def _summary(path: Path, found: manifest.Manifest) -> str:
    files = f"{len(found.files)} files, {found.bytes >> 20} MB"
    return f"{path}\n{found.made_at}  chengxin {found.version}  {found.engine}  {files}\n{found.head.strip()}"


def restore(given: argparse.Namespace) -> int:
    """`chengxin restore BACKUP --data NEW`."""
    from chengxin.keeping import restoring

    passphrase = sealing.passphrase_from(given.passphrase_file)
    head = given.head.read_text(encoding="utf-8") if given.head else ""
    order = restoring.Order(
        given.backup, given.into.resolve(), passphrase, given.keys, head, given.key, given.witness, given.forgotten, Bar()
    )
    done = restoring.restore(order)
    print(f"{given.into}: {done.size} 条日志，与清单所载首部一致 / log entries, the root is the manifest's head")
    if done.migrated:
        print(f"已执行 {done.migrated} 步升级 / migrations applied: {done.migrated}")
    if done.forgotten:
        print(f"备份之后已删除的个人信息，重新删除 {done.forgotten} 处 / rows forgotten again: {done.forgotten}")
    for name in done.witnesses:
        print(f"与见证人 {name} 签过的首部一致 / the head that {name} signed lies on this log")
    for path in done.manifest.missing:
        print(f"备份时已缺失 / was missing already: {path}", file=sys.stderr)
    return 0
