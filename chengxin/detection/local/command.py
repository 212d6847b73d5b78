"""`chengxin-local`: the city's detectors inside a platform. Needs neither the web application nor a database.

chengxin-local init --city https://… --platform CODE --client-id ID --key-id KEY
chengxin-local run --files DIR
chengxin-local show
chengxin-local send --secret-file FILE
chengxin-local asked | answer
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chengxin.detection.local.home import Home
    from chengxin.detection.local.sending import City


def main(arguments: list[str] | None = None) -> int:
    """Parse and run; returns the exit code: 0 done, 1 refused with a reason, 2 wrong usage, 130 interrupted."""
    given = parser().parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.settings")
    os.environ["CHENGXIN_DATA"] = str(given.home.resolve())  # keys and nothing else; no database is opened
    from chengxin.detection.command import told
    from chengxin.kernel.errors import ChengxinError

    try:
        return int(given.do(given))
    except ChengxinError as error:
        print(told(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """Every step in its order."""
    top = argparse.ArgumentParser(prog="chengxin-local", description="Run the city's detectors on your own files; only findings leave.")
    top.add_argument("--home", type=Path, default=Path("chengxin-local"), help="the folder of keys and runs (default ./chengxin-local)")
    steps = top.add_subparsers(required=True, metavar="STEP")
    init = steps.add_parser("init", help="make keys; prints the public key for the city to register")
    for name, text in (
        ("city", "the city's address, https://…"),
        ("platform", "your platform's code"),
        ("client-id", "your client's id"),
        ("key-id", "the name your key is registered under"),
    ):
        init.add_argument(f"--{name}", required=True, help=text)
    init.add_argument("--log-key", help="the city's public key in hex, when you have it from elsewhere; else it is fetched")
    init.set_defaults(do=do_init)
    run = steps.add_parser("run", help="checks and detectors over your files; nothing is sent")
    run.add_argument("detectors", nargs="*", help="names; all when none is given")
    run.add_argument("--files", type=Path, required=True, help="<kind>.<ending> or <kind>/<any name>.<ending>")
    run.add_argument("--since", help="YYYY-MM-DD, the first day looked at")
    run.add_argument("--until", help="YYYY-MM-DD, the day after the last")
    run.add_argument("--mapping", action="append", default=[], metavar="KIND=FILE", help="a YAML file that says which column is which")
    run.add_argument("--memory", type=int, default=2048, metavar="MB", help="memory for queries (default 2048)")
    run.set_defaults(do=do_run)
    show = steps.add_parser("show", help="say in plain words what would leave")
    show.add_argument("--json", action="store_true", help="the very bytes")
    show.set_defaults(do=do_show)
    send = steps.add_parser("send", help="sign and send")
    send.set_defaults(do=do_send)
    asked = steps.add_parser("asked", help="what the city's officers ask for")
    asked.set_defaults(do=do_asked)
    answer = steps.add_parser("answer", help="hand over the rows of one finding that an officer asked for")
    answer.add_argument("request", help="the request's number, from `asked`")
    answer.add_argument("root", help="the finding's root, from `asked`")
    answer.set_defaults(do=do_answer)
    for one in (show, send, answer):
        one.add_argument("--run", help="a run's name; the newest when none is given")
    for one in (send, asked, answer):
        one.add_argument("--secret-file", type=Path, required=True, help="a file with your client's secret")
    return top


def do_init(given: argparse.Namespace) -> int:
    from chengxin.detection.local import home, sending

    key = given.log_key or sending.log_key(given.city)
    made = home.Home(given.home.resolve(), given.platform, given.city, given.client_id, given.key_id, key)
    public = home.make(made)
    print(f"公钥，请交监管部门登记为 {given.key_id} / public key, to be registered as {given.key_id}:\n{pem(public)}")
    print(f"监管平台日志公钥 / the city's log key: {key}")
    return 0


def pem(public: str) -> str:
    """The SubjectPublicKeyInfo form that the city's page takes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def do_run(given: argparse.Namespace) -> int:
    from datetime import date

    from chengxin.detection.local import home, making, telling
    from chengxin.facts import mapping

    since, until = (date.fromisoformat(day) if day else None for day in (given.since, given.until))
    mappings = {kind: found for kind, _, path in (one.partition("=") for one in given.mapping) if (found := mapping.load(Path(path)))}
    here = home.load(given.home.resolve())
    asked = making.Asked(given.files, since, until, given.detectors, mappings, given.memory)
    folder, made = making.run(here, asked)
    print(made.summary())
    print(telling.plainly((folder / "package.json").read_bytes()))
    return 0


def do_show(given: argparse.Namespace) -> int:
    from chengxin.detection.local import home, telling

    body = (home.load(given.home.resolve()).run(given.run) / "package.json").read_bytes()
    print(body.decode() if given.json else telling.plainly(body))
    return 0


def do_send(given: argparse.Namespace) -> int:
    from chengxin.detection.local import home, sending, telling

    here = home.load(given.home.resolve())
    print(telling.receipt(sending.send(_city(given, here), here.run(given.run))))
    return 0


def do_asked(given: argparse.Namespace) -> int:
    from chengxin.detection.local import home, sending, telling

    print(telling.requests(sending.asked(_city(given, home.load(given.home.resolve())))))
    return 0


def do_answer(given: argparse.Namespace) -> int:
    from chengxin.detection.local import home, sending, telling

    here = home.load(given.home.resolve())
    print(telling.verdict(sending.answer(_city(given, here), here.run(given.run), given.request, given.root)))
    return 0


def _city(given: argparse.Namespace, here: Home) -> City:
    from chengxin.detection.local.sending import City

    return City(here, given.secret_file.read_text(encoding="utf-8").strip())


if __name__ == "__main__":
    sys.exit(main())
