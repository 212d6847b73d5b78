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

    demo = add("demo", demo_city, "open a fictional city: serve at once, load the data in the background")
    demo.add_argument("--size", choices=["S", "M"], default="S", help="S 1e5 events (default), M 1e6 events")
    _where(demo)
    _where(add("serve", serve, "serve the pages and the API, with the worker beside them"))
    add("work", work, "only the background worker")
    add("setup", setup, "make or upgrade the database and load the law, departments and divisions")
    start = add("begin", begin, "name the first three administrators; prints a one-time link for each")
    for office in ("sysadmin", "secadmin", "auditadmin"):
        start.add_argument(f"--{office}", required=True, metavar="NAME", help="user name of the new person; three different people")
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
    verify = add("verify", verify_document, "check a receipt, proof or head without trusting the server")
    verify.add_argument("file", type=Path)
    verify.add_argument("--key", help="the city's public key in hex, when you have it from elsewhere")
    watch_log = add("witness", witness, "watch a city's log: take heads, check, sign, compare; `accept NAME KEY` on the log's own server")
    watch_log.add_argument("rest", nargs=argparse.REMAINDER, metavar="…", help="key, run, check or accept; each has --help")
    add("check", check, "recompute the whole log and compare lake files, papers and evidence with what the log says of them")
    drawn = add("draw", verify_draw, "check an inspection draw from its published file")
    drawn.add_argument("act", choices=["verify"], help="verify: compute the draw again")
    drawn.add_argument("file", type=Path)
    return top


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

    prepare()
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

    return house.serve(given.host, given.port, open_browser=given.open)


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


def check(given: argparse.Namespace) -> int:
    _django()
    from chengxin.audit import queries as audit
    from chengxin.audit import rows
    from chengxin.compensation import ledger
    from chengxin.documents import checking as papers
    from chengxin.evidence import manifests as evidence
    from chengxin.facts import queries as facts
    from chengxin.platforms import kept as platforms
    from chengxin.traceability import queries as traceability

    faults = [*audit.self_check(), *rows.check_rows(), *facts.check_lake(), *traceability.check_stored()]
    faults += [*papers.check_papers(), *evidence.check_exhibits(), *platforms.check_platforms(), *ledger.check()]
    print("\n".join(faults) or "no fault found / 未发现问题")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
