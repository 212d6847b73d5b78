"""A notice in somebody's inbox, what a person wants to be told and how, and the letters that went out by mail."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.accounts.models import User
from chengxin.kernel import clock, ids

TOLD, TURN, DUE, LATE = STAGES = ("TOLD", "TURN", "DUE", "LATE")
WAITS, SENDING, SENT, UNSURE = LETTER_STATES = ("WAITING", "SENDING", "SENT", "UNSURE")
NO_MAIL, DIGEST, BOTH = MAIL_WAYS = ("none", "digest", "both")
DAILY, AT_ONCE = LETTER_KINDS = ("digest", "at_once")


class Letter(models.Model):
    """One mail to one person. SENDING is noted before the mail server is asked: a letter found so after a crash may have gone out, and is
    never sent a second time (UNSURE). The text holds numbers of matters and no other personal data."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    key = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    state = models.CharField(max_length=8, default=WAITS)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True, default="")
    written_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-written_at"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["person", "kind", "key"], name="one_letter_a_reason"),
            models.CheckConstraint(condition=Q(state__in=LETTER_STATES) & Q(kind__in=LETTER_KINDS), name="letter_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Notice(models.Model):
    """One person is told one thing. `kind` and `stage` name the sentence (events.yaml, matters.yaml); `key` makes it come once."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=40)
    stage = models.CharField(max_length=4)
    topic = models.CharField(max_length=12)
    number = models.CharField(max_length=64)
    day = models.DateField(null=True, blank=True, help_text="the last day it is about")
    page = models.CharField(max_length=300)
    at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, null=True, blank=True, related_name="notices")

    class Meta:
        ordering = ["-at", "-id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["person", "key"], name="told_once"),
            models.CheckConstraint(condition=Q(stage__in=STAGES), name="notice_stage"),
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["person"], condition=Q(read_at=None), name="unread_notices")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def url(self) -> str:
        """Its own address: marks it read and goes on to the thing."""
        return reverse("notices:follow", args=[self.pk])


class Preference(models.Model):
    """What one person wants: mail, and the topics that may be left out of the inbox. Without a row: everything."""

    person = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="+")
    mail = models.CharField(max_length=8, default=BOTH)
    muted = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar[list[Any]] = [models.CheckConstraint(condition=Q(mail__in=MAIL_WAYS), name="mail_way")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.mail}"
