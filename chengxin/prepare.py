"""Make the data directory ready, in a process of its own when served, so that what it imports does not stay in the server's memory."""

from __future__ import annotations

import os
import sys


def prepare(*, without_backup: bool = False) -> None:
    """Migrate, an older register after a copy of it was kept; load what the law gives, sweep what a crash left behind. Safe to run again.

    Raises Unfinished in a directory that a restore has not finished, UpgradeFailed, NotDurable.
    """
    from django.conf import settings

    from chengxin.accounts import actions as accounts
    from chengxin.facts import recovery
    from chengxin.keeping import upgrading
    from chengxin.kernel import durability

    durability.check()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    upgrading.upgrade(without_backup=without_backup, say=lambda text: print(text, file=sys.stderr, flush=True))
    accounts.load_departments()
    recovery.recover()


def main(demo_size: str = "") -> int:
    """`python -m chengxin.prepare [demo size]`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.settings")
    import django

    django.setup()
    from chengxin.kernel.durability import NotDurable

    try:
        prepare()
    except NotDurable as refused:
        print(refused, file=sys.stderr)
        return 1
    if demo_size:
        from chengxin import demo

        demo.open_city(demo_size)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
