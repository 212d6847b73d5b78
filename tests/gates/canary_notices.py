"""Notices for the canary crawl: everything that waits and happened in the world is told, and mailed; none of it may name a person."""

from __future__ import annotations

from django.test import override_settings

from chengxin.accounts.models import User
from chengxin.jobs import outbox
from chengxin.jobs.models import Outbox
from chengxin.notices import actions, catalogue, mail, tasks
from chengxin.notices.models import Letter, Notice


def everything_told() -> None:
    """Events and clocks reach their inboxes, and letters are written, which stand in the clear."""
    for row in Outbox.objects.filter(event__in=catalogue.events()):
        tasks.tell(outbox.read(row))
    actions.look()
    for place, user in enumerate(User.objects.filter(is_active=True)):
        if not user.email:
            user.email = f"gate{place}@example.com"
            user.save()
    with override_settings(EMAIL_HOST="mail.example"):
        mail.write_at_once()
    assert Notice.objects.exists() and Letter.objects.exists()
