"""The `chengxin` command. Heavy imports wait until a command needs them, so that `chengxin --help` is immediate."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

Command = Callable[[argparse.Namespace], int]


def main(arguments: list[str] | None = None) -> int:
    """Parse and run; returns the exit code: 0 done, 1 refused with a reason, 2 wrong usage, 130 interrupted."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.settings")
    given = parser().parse_args(arguments)
    if given.data:
        os.environ["CHENGXIN_DATA"] = str(given.data.resolve())
    try:
        return int(given.run(given))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not _is_ours(error):
            raise
        print(error, file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """Every command with its help, in the order of a city's first day."""
    top = argparse.ArgumentParser(prog="chengxin", description="诚信: credit infrastructure for a city's e-commerce.")
    top.add_argument("--data", type=Path, help="the data directory (default: CHENGXIN_DATA or ./data)")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Command, text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(run=run)
        return one

    _starting(add)
    _facts(add)
    _proofs(add)
    _keeping(add)
    _persons(add)
    return top


def _starting(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    """From an empty folder to a house that serves."""
    demo = add("demo", demo_city, "open a fictional city: serve at once, load the data in the background")
    demo.add_argument("--size", choices=["S", "M"], default="S", help="S 1e5 events (default), M 1e6 events")
    _where(demo)
    house = add("serve", serve, "serve the pages and the API, with the worker beside them")
    _where(house)
    house.add_argument("--without-worker", action="store_true", help="where `chengxin work` is a service of its own")
    add("work", work, "only the background worker")
    waits = add("ready", ready, "whether the database is of this version: 0 yes, 1 no")
    waits.add_argument("--wait", type=int, default=0, metavar="SECONDS", help="wait so long for another process to upgrade it")
    upgrade = add("setup", setup, "make or upgrade the database and load the law, departments and divisions")
    upgrade.add_argument("--without-backup", action="store_true", help="upgrade although no copy of the database can be kept first")
    start = add("begin", begin, "name the first three administrators; prints a one-time link for each")
    for office in ("sysadmin", "secadmin", "auditadmin"):
        start.add_argument(f"--{office}", required=True, metavar="NAME", help="user name of the new person; three different people")


def _facts(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    """What is reported, and looking at it."""
    report = add("report", report_file, "import a file of facts as a platform's report")
    report.add_argument("platform", help="the platform's code")
    report.add_argument("kind", help="the kind of fact: order, payment, parcel, …")
    report.add_argument("file", type=Path)
    report.add_argument("--mapping", type=Path, help="a YAML file that says which column is which")
    watch = add("watch", watch_folder, "import whatever lands in FOLDER/<platform>/<kind>/")
    watch.add_argument("folder", type=Path)
    watch.add_argument("--once", action="store_true", help="look once and stop")
    detect = add("detect", run_detectors, "run the detectors over the lake and open clues; with --lake over a plain folder, into files")
    detect.add_argument("detectors", nargs="*", help="names; all when none is given")
    detect.add_argument("--since", type=_day, help="YYYY-MM-DD, the first day looked at")
    detect.add_argument("--until", type=_day, help="YYYY-MM-DD, the day after the last")
    detect.add_argument("--lake", type=Path, help="a plain folder of Parquet (docs/operate/detect.md): no database, no clues, files only")
    detect.add_argument("--detector", action="append", default=[], metavar="NAME", help="one more detector by name")
    detect.add_argument("--out", type=Path, action="append", default=[], help="with --lake: findings.parquet or findings.jsonl; repeatable")
    detect.add_argument("--set", action="append", default=[], metavar="DETECTOR.PARAMETER=VALUE", help="with --lake: another parameter")
    detect.add_argument("--memory", type=int, default=2048, metavar="MB", help="with --lake: memory for queries (default 2048)")
    engine = os.environ.get("CHENGXIN_LAKE_ENGINE", "duckdb")
    detect.add_argument(
        "--engine", choices=("duckdb", "spark"), default=engine, help="with --lake: what runs the queries (docs/operate/spark.md)"
    )
    lake = add("lake", make_lake, "make a plain folder for `detect --lake` out of ordinary reports, without a database")
    lake.add_argument("reports", type=Path, help="a folder with <platform>/<kind>.<ending> or <platform>/<kind>/<file>")
    lake.add_argument("folder", type=Path, help="the folder to make")


def _proofs(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    """What anybody can check."""
    verify = add("verify", verify_document, "check a receipt, proof or head without trusting the server")
    verify.add_argument("file", type=Path)
    verify.add_argument("--key", help="the city's public key in hex, when you have it from elsewhere")
    watch_log = add("witness", witness, "watch a city's log: take heads, check, sign, compare; `accept NAME KEY` on the log's own server")
    watch_log.add_argument("rest", nargs=argparse.REMAINDER, metavar="…", help="key, run, check or accept; each has --help")
    add("check", check, "recompute the whole log and compare lake files, papers and evidence with what the log says of them")
    drawn = add("draw", verify_draw, "check an inspection draw from its published file")
    drawn.add_argument("act", choices=["verify"], help="verify: compute the draw again")
    drawn.add_argument("file", type=Path)


def _keeping(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    """Backup and restore."""
    saved = add("backup", backup, "back everything up while the server runs: docs/operate/backup.md")
    saved.add_argument("target", type=Path, nargs="?", help="a folder on another disk (default: CHENGXIN_BACKUP)")
    saved.add_argument("--verify", type=Path, metavar="BACKUP", help="read every byte of a backup instead of making one")
    saved.add_argument("--passphrase-file", type=Path, help="its first line opens the keys (else the setting, else you are asked)")
    saved.add_argument("--keys", type=Path, metavar="FOLDER", help="put the sealed keys there and not beside the rest")
    saved.add_argument("--keep", type=int, help="generations to keep (default: CHENGXIN_BACKUP_KEEP; 0: all)")
    saved.add_argument("--key", default="", metavar="HEX", help="with --verify: the city's public key, from elsewhere")
    saved.add_argument("--with-faults", action="store_true", help="although files are missing or changed; the manifest lists them")
    back = add("restore", restore, "put a backup into a new data directory and check it: docs/operate/backup.md")
    back.add_argument("backup", type=Path, help="one generation, or the folder whose newest one is meant")
    back.add_argument("--data", type=Path, dest="into", metavar="NEW", required=True, help="the new data directory")
    back.add_argument("--passphrase-file", type=Path, help="its first line opens the keys (else you are asked)")
    back.add_argument("--keys", type=Path, metavar="PATH", help="the sealed keys, when they lie apart")
    back.add_argument("--head", type=Path, metavar="FILE", help="a head that a witness signed before the backup, to compare with")
    back.add_argument("--witness", default="", metavar="HEX", help="with --head: the witness's public key, from elsewhere")
    back.add_argument("--key", default="", metavar="HEX", help="the city's public key, from elsewhere")
    back.add_argument("--forgotten", type=Path, metavar="FILE", help="a newer forgotten.jsonl than the one beside the backup")


def _persons(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    """The commands of the room persons: keys, a city's settings as a file, the first week, an older backup."""
    ring = add("keys", of_keys, "the house's keys: what uses which, a new one, an old one destroyed (docs/operate/forgetting.md)")
    ring.add_argument("act", choices=["list", "rotate", "retire"])
    ring.add_argument("name", nargs="?", default="ring", help="rotate: ring, log or secret_key; retire: a key of the ring, as k1")
    ring.add_argument("--now", action="store_true", help="rotate ring: encrypt everything anew here instead of in the background")
    moved = add("settings", of_settings, "a city's settings as a signed file: export, check what differs, propose an import")
    moved.add_argument("act", choices=["export", "check", "propose"])
    moved.add_argument("file", type=Path)
    moved.add_argument("--key", help="check, propose: the other city's public key in hex, from elsewhere than the file")
    moved.add_argument("--part", action="append", default=[], help="propose: a part to take; repeatable")
    moved.add_argument("--by", metavar="NAME", help="propose: user name of the administrator; another one confirms on the page")
    add("first-week", of_first_week, "what a new city has done and what is missing, each with where it is done")
    add("forget-again", of_forget_again, "after a restore: empty again what the older backup brought back")


def _where(one: argparse.ArgumentParser) -> None:
    one.add_argument("--host", default="127.0.0.1")
    one.add_argument("--port", type=int, default=8000)
    one.add_argument("--open", action="store_true", help="open a browser window")


def _day(text: str) -> str:
    """A day as it is written, refused at once when it is none."""
    from datetime import date

    return date.fromisoformat(text).isoformat()


def _is_ours(error: Exception) -> bool:
    from chengxin.kernel.errors import ChengxinError

    return isinstance(error, ChengxinError)


def _django() -> None:
    import django

    django.setup()


def setup(given: argparse.Namespace) -> int:
    _django()
    from chengxin.prepare import prepare

    prepare(without_backup=given.without_backup)
    return 0


def begin(given: argparse.Namespace) -> int:
    _django()
    from django.conf import settings
    from django.urls import reverse

    from chengxin.accounts import beginning
    from chengxin.accounts.roles import Role

    secrets = beginning.begin({role: getattr(given, role.value) for role in (Role.SYSADMIN, Role.SECADMIN, Role.AUDITADMIN)})
    for name, secret in secrets.items():
        print(f"{name}: {settings.PUBLIC_ORIGIN}{reverse('accounts:join', args=[secret])}")
    return 0


def serve(given: argparse.Namespace) -> int:
    from chengxin import house

    return house.serve(given.host, given.port, open_browser=given.open, with_worker=not given.without_worker)


def demo_city(given: argparse.Namespace) -> int:
    os.environ["CHENGXIN_DEMO"] = "1"
    from chengxin import house

    return house.serve(given.host, given.port, open_browser=given.open, demo_size=given.size)


def work(given: argparse.Namespace) -> int:
    _django()
    from chengxin.jobs import worker
    from chengxin.kernel import durability

    durability.check()
    worker.run_until_stopped()
    return 0


def ready(given: argparse.Namespace) -> int:
    """For a service that starts beside the one that upgrades."""
    import time

    _django()
    from chengxin.keeping import measuring

    end = time.monotonic() + given.wait
    while not (good := measuring.migrated()) and time.monotonic() < end:
        time.sleep(1)
    return 0 if good else 1


def report_file(given: argparse.Namespace) -> int:
    _django()
    from chengxin.facts import actions

    receipt = actions.import_file(given.platform, given.kind, given.file, mapping=given.mapping, progress=sys.stderr.isatty())
    print(receipt.summary())
    return 0


def watch_folder(given: argparse.Namespace) -> int:
    _django()
    from chengxin.facts import folder

    folder.watch(given.folder, once=given.once)
    return 0


def run_detectors(given: argparse.Namespace) -> int:
    names = [*given.detectors, *given.detector]
    if given.engine not in ("duckdb", "spark"):  # argparse does not look at what comes from the environment
        print(f"CHENGXIN_LAKE_ENGINE is {given.engine}; it may be duckdb or spark", file=sys.stderr)
        return 2
    if given.lake:
        from chengxin.detection import command

        asked = command.Asked(given.lake, names, given.since, given.until, given.out, given.set, given.memory, given.engine)
        return command.detect(asked)
    if given.out or given.set:
        print("--out and --set belong to --lake; a run over the product's own lake opens clues", file=sys.stderr)
        return 2
    if given.engine == "spark":
        print("Spark runs over plain folders (--lake); the product's own lake is looked at with DuckDB", file=sys.stderr)
        return 2
    _django()
    from chengxin.detection import actions

    run = actions.run_from_command(names, given.since, given.until, progress=sys.stderr.isatty())
    print(run.summary())
    return 0


def make_lake(given: argparse.Namespace) -> int:
    from chengxin.facts import plain

    print(plain.make(given.reports, given.folder, progress=sys.stderr.isatty()).summary())
    return 0


def verify_document(given: argparse.Namespace) -> int:
    from chengxin.audit import verify

    verdict = verify.verify_file(given.file, given.key)
    print(verdict.text)
    return 0 if verdict.good else 1


def witness(given: argparse.Namespace) -> int:
    if given.rest[:1] != ["accept"]:
        from chengxin.audit import watching

        return watching.main(given.rest)
    if len(given.rest) != len(("accept", "name", "key")):
        print("chengxin witness accept NAME KEY", file=sys.stderr)
        return 2
    _django()
    from chengxin.audit import actions

    actions.register_witness(given.rest[1], bytes.fromhex(given.rest[2]), actor="system:command")
    return 0


def verify_draw(given: argparse.Namespace) -> int:
    from chengxin.inspection import verify_draw as lot

    return lot.main([str(given.file)])


def of_keys(given: argparse.Namespace) -> int:
    _django()
    from chengxin.persons import command

    return command.keys(given.act, given.name, now=given.now)


def of_settings(given: argparse.Namespace) -> int:
    _django()
    from chengxin.persons import command

    return command.settings(given.act, given.file, given.key or "", given.part, given.by or "")


def of_first_week(given: argparse.Namespace) -> int:
    _django()
    from chengxin.persons import command

    return command.first_week()


def of_forget_again(given: argparse.Namespace) -> int:
    _django()
    from chengxin.persons import erasing, reclaim

    print(f"{erasing.replay_after_restore()} rows")
    reclaim.scrub()
    return 0


def check(given: argparse.Namespace) -> int:
    _django()
    from chengxin.persons import proofs

    found = proofs.faults()
    print("\n".join(found) or "no fault found / 未发现问题")
    return 1 if found else 0


def backup(given: argparse.Namespace) -> int:
    _django()
    from chengxin.keeping import command

    return command.backup(given)


def restore(given: argparse.Namespace) -> int:
    """Reads no settings before the new directory has its keys."""
    from chengxin.keeping import command

    return command.restore(given)


if __name__ == "__main__":
    sys.exit(main())
