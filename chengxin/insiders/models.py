"""The insiders' channel as the house has it: handlers, their public keys, and mailboxes with messages that it cannot read."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.subjects.models import Subject

OPEN, HANDLED = STATES = ("OPEN", "HANDLED")
REPLACED, LOST, LEFT = ENDS = ("replaced", "lost", "left")
REPORTER, HANDLER = SIDES = ("reporter", "handler")


class Handler(models.Model):
    """A person whom the head of a department has named for its channel; one of them at least is the deputy."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    department = models.CharField(max_length=24)
    deputy = models.BooleanField(default=False)
    named_by = models.CharField(max_length=80)
    named_by_name = models.CharField(max_length=80)
    named_at = models.DateTimeField()
    ended_by = models.CharField(max_length=80, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["department", "deputy", "named_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "department"], condition=Q(ended_at__isnull=True), name="insider_handler_once"),
            models.CheckConstraint(condition=Q(named_by__startswith="user:"), name="insider_handler_named_by_a_person"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class HandlerKey(models.Model):
    """A handler's key pair, made in the handler's browser. wrapped: the private key under a passphrase that the house never gets, so that
    the handler can use it from another machine. An ended key stays: what was sealed for it is still opened with it, unless it is lost."""

    key = models.CharField(max_length=32, primary_key=True, help_text="half of the SHA-256 of the public key, hex")
    handler = models.ForeignKey(Handler, on_delete=models.PROTECT, related_name="keys")
    public = models.CharField(max_length=90, help_text="uncompressed P-256 point, base64url")
    wrapped = models.JSONField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["handler"], condition=Q(ended_at__isnull=True), name="insider_one_live_key"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, why="") | Q(ended_at__isnull=False, why__in=ENDS), name="insider_key_ended_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Mailbox(models.Model):
    """One reporter's mailbox. Nobody is named; the house knows neither the code nor the private key that it opens.

    lookup: keyed hash of what the browser derives from the code; tag: another derivate, bound into every message; wrapped: the mailbox's
    private key under a third one.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    department = models.CharField(max_length=24, db_index=True)
    lookup = models.CharField(max_length=32, unique=True)
    tag = models.CharField(max_length=32, unique=True)
    key = models.CharField(max_length=32)
    public = models.CharField(max_length=90)
    wrapped = models.JSONField()
    opened_at = models.DateTimeField()
    active_at = models.DateTimeField(help_text="last message or handling")
    state = models.CharField(max_length=10, default=OPEN)
    handled_by = models.CharField(max_length=80, blank=True, default="")
    handled_by_name = models.CharField(max_length=80, blank=True, default="")
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at"]
        indexes = [models.Index(fields=["state", "active_at"], name="insider_mailbox_state")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="insider_state_known"),
            models.CheckConstraint(
                condition=~Q(state=HANDLED) | Q(handled_by__startswith="user:", handled_at__isnull=False),
                name="insider_handled_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("insiders:mailbox", args=[self.number])


class Message(models.Model):
    """A sealed message. Its digest is in the log: a changed or missing one is found as long as the mailbox is kept."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="messages")
    message = models.CharField(max_length=32, unique=True, help_text="drawn by the sender's browser")
    side = models.CharField(max_length=8)
    by = models.CharField(max_length=80, blank=True, default="", help_text="the handler; a reporter is nobody")
    by_name = models.CharField(max_length=80, blank=True, default="")
    sealed = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(side=REPORTER, by="") | Q(side=HANDLER, by__startswith="user:"), name="insider_message_side_known"
            )
        ]

    def __str__(self) -> str:
        return self.message


class WrittenReport(models.Model):
    """What a handler decided to write down of a mailbox, in the handler's own words and name. It outlives the mailbox."""

    number = models.CharField(max_length=24, unique=True)
    mailbox = models.ForeignKey(Mailbox, null=True, on_delete=models.SET_NULL, related_name="reports")
    department = models.CharField(max_length=24)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField(purpose="内部人士举报线索核查", basis="order121.37", term="PIA_KEEP")
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [models.CheckConstraint(condition=Q(by__startswith="user:"), name="insider_report_written_by_a_person")]

    def __str__(self) -> str:
        return self.number
