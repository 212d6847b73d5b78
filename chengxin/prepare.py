"""Make the data directory ready, in a process of its own when served, so that what it imports does not stay in the server's memory."""

from __future__ import annotations

import os
import sys


def prepare() -> None:
    """Migrate and load what the law gives, sweep what a crash left behind; safe to run again. Raises NotDurable."""
    from django.conf import settings
    from django.core.management import call_command

    from chengxin.accounts import actions as accounts
    from chengxin.facts import recovery
    from chengxin.kernel import durability

    durability.check()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
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
