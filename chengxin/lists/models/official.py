"""An official list: one row an entry, from the proposal to the last receipt, and one row a step, never edited.

The database refuses an entry that is listed without the rows of its steps, and one closed while a measure stands (guards.py).
A consumer can never be here: `Subject` refuses kind 7 by a constraint, and every entry points to a Subject.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.audit import protection, rows
from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField
from chengxin.records.models import Record
from chengxin.subjects.models import Subject

PROPOSED, NOTICED, DEFENDED, ANSWERED, CONSENTED, LISTED, PUBLISHED, REMOVED, CLOSED, DROPPED = STATES = (
    "PROPOSED",
    "NOTICED",
    "DEFENDED",
    "ANSWERED",
    "CONSENTED",
    "LISTED",
    "PUBLISHED",
    "REMOVED",
    "CLOSED",
    "DROPPED",
)
BEFORE = (PROPOSED, NOTICED, DEFENDED, ANSWERED, CONSENTED)
STANDING = (LISTED, PUBLISHED)
DECIDED = (LISTED, PUBLISHED, REMOVED, CLOSED)
REPAIRED, EXPIRED, REVOKED = WHYS = ("repaired", "expired", "revoked")
DEFENCE = {"purpose": "陈述申辩和异议处理", "basis": "pipl.46", "term": "PIA_KEEP"}


def different(one: str, other: str) -> Q:
    """Two people, as soon as both are known."""
    return Q(**{one: ""}) | Q(**{other: ""}) | ~Q(**{one: F(other)})


class ListEntry(models.Model):
    """One subject on the way to, on, or off an official list. Public from `published_on` to `until`, both included, unless removed before.

    `round` counts how often it was pushed: a repair got by fraud brings the entry back, and its measures are pushed and lifted anew.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=16)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="list_entries")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="list_entries")
    department = models.CharField(max_length=24)
    state = models.CharField(max_length=10, default=PROPOSED)
    field = models.CharField(max_length=16)
    facts = models.CharField(max_length=500)
    basis = models.CharField(max_length=300)
    factors = models.JSONField(help_text="factor of order 44 art. 12 -> what was found, in words")
    measures = models.JSONField(default=list)
    clock = models.CharField(max_length=24, blank=True, default="")
    due_on = models.DateField(null=True, blank=True)
    proposed_by = models.CharField(max_length=80)
    proposed_by_name = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    noticed_on = models.DateField(null=True, blank=True)
    consented_by = models.CharField(max_length=80, blank=True, default="")
    consented_by_name = models.CharField(max_length=80, blank=True, default="")
    consent_department = models.CharField(max_length=24, blank=True, default="")
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    listed_on = models.DateField(null=True, blank=True)
    published_on = models.DateField(null=True, blank=True)
    published_by = models.CharField(max_length=80, blank=True, default="")
    earliest_on = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    round = models.PositiveSmallIntegerField(default=1)
    removed_on = models.DateField(null=True, blank=True)
    removed_why = models.CharField(max_length=10, blank=True, default="")
    lift_due_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        indexes = [models.Index(fields=["subject", "state"], name="entry_of_subject"), models.Index(fields=["until"], name="entry_until")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES) & Q(removed_why__in=["", *WHYS]), name="entry_state"),
            models.CheckConstraint(condition=different("proposed_by", "decided_by"), name="entry_proposed_and_decided_by_two"),
            models.CheckConstraint(condition=different("proposed_by", "consented_by"), name="entry_proposed_and_consented_by_two"),
            models.CheckConstraint(condition=different("consented_by", "decided_by"), name="entry_consented_and_decided_by_two"),
            models.CheckConstraint(condition=different("proposed_by", "published_by"), name="entry_proposed_and_published_by_two"),
            models.CheckConstraint(
                condition=Q(consent_department="") | ~Q(consent_department=F("department")), name="entry_consent_from_another_department"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=DECIDED)
                | (
                    Q(noticed_on__isnull=False, listed_on__isnull=False, earliest_on__isnull=False, until__isnull=False) & ~Q(decided_by="")
                ),
                name="entry_listed_with_notice_decision_and_term",
            ),
            models.CheckConstraint(
                condition=~Q(state=PUBLISHED) | (Q(published_on__isnull=False) & ~Q(published_by="")), name="entry_published_on_a_day"
            ),
            models.CheckConstraint(condition=Q(state__in=DECIDED) | Q(published_on__isnull=True), name="entry_published_only_when_listed"),
            models.CheckConstraint(
                condition=(Q(state__in=[REMOVED, CLOSED], removed_on__isnull=False, lift_due_on__isnull=False) & ~Q(removed_why=""))
                | (~Q(state__in=[REMOVED, CLOSED]) & Q(removed_on__isnull=True, removed_why="")),
                name="entry_removed_on_a_day_for_a_reason",
            ),
            models.UniqueConstraint(fields=["record"], condition=~Q(state=DROPPED), name="one_entry_a_record"),
            models.UniqueConstraint(
                fields=["subject", "kind"], condition=Q(state__in=[*BEFORE, *STANDING]), name="one_living_entry_a_subject_and_list"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def public_on(self, day: date) -> bool:
        """Whether everybody may see it on a day: computed from the dates, right even when the nightly job is late."""
        if self.published_on is None or self.until is None or self.state not in DECIDED:
            return False
        return self.published_on <= day <= self.until and (self.removed_on is None or day < self.removed_on)

    @property
    def page_url(self) -> str:
        return reverse("lists:entry", args=[self.pk])

    @property
    def public_url(self) -> str:
        """The subject's public page."""
        return reverse("publicity:subject", args=[self.subject_id])


class Step(models.Model):
    """A step that was taken: by whom, for which department, when, with what. Written once."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    entry = models.ForeignKey(ListEntry, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(max_length=12)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    department = models.CharField(max_length=24, blank=True)
    at = models.DateTimeField()
    content = models.JSONField(default=dict)
    leaf = models.BigIntegerField(help_text="number of the log entry")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["entry", "act"], name="step_of_entry")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.act}"


class Argument(models.Model):
    """One argument of a party against a proposed listing or a red-list notice, and the answer: adopted or not, and why."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    entry = models.ForeignKey(ListEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="arguments")
    red = models.ForeignKey("lists.RedEntry", null=True, blank=True, on_delete=models.PROTECT, related_name="arguments")
    n = models.PositiveSmallIntegerField()
    text = EncryptedTextField(**DEFENCE)
    said_by = models.CharField(max_length=80)
    said_by_name = models.CharField(max_length=80)
    said_at = models.DateTimeField()
    adopted = models.BooleanField(null=True, blank=True)
    answer = EncryptedTextField(blank=True, default="", **DEFENCE)
    answered_by = models.CharField(max_length=80, blank=True, default="")
    answered_by_name = models.CharField(max_length=80, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["n"]
        constraints = [
            models.CheckConstraint(
                condition=Q(entry__isnull=False, red__isnull=True) | Q(entry__isnull=True, red__isnull=False),
                name="argument_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(adopted__isnull=True) | (~Q(answer="") & ~Q(answered_by="") & ~Q(answered_by=F("said_by"))),
                name="argument_answered_with_reasons",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id or self.red_id} {self.n}"


rows.bind(Step)
protection.keep(lists_step='"id"')
