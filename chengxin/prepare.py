"""Make the data directory ready in a process of its own, so that what it imports does not stay in the server's memory."""

from __future__ import annotations

import os
import sys


def main(demo_size: str = "") -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.settings")
    import django

    django.setup()
    from chengxin.cli import prepare

    prepare()
    if demo_size:
        from chengxin import demo

        demo.open_city(demo_size)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
