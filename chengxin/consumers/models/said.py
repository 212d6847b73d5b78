"""What was done, answered, promised, rated and said. Written once; only a promise lives on until it is kept or broken."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.consumers.models.complaints import SOLVED, UNSOLVED, WHY, Complaint
from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField

COMPLAINT, REPORT = OF = ("complaint", "report")
MERCHANT, PLATFORM = SIDES = ("merchant", "platform")
OPEN, KEPT, BROKEN = PROMISE_STATES = ("OPEN", "KEPT", "BROKEN")


class ConsumerStep(models.Model):
    """A step of a complaint or report. Reasons that may name people stand encrypted with the matter, not here."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    of = models.CharField(max_length=10)
    matter = models.UUIDField(db_index=True)
    place = models.PositiveIntegerField()
    action = models.CharField(max_length=20)
    before = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=80)
    note = models.CharField(max_length=500, blank=True, default="")
    due_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    leaf = models.BigIntegerField(unique=True)

    class Meta:
        ordering = ["matter", "place"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "place"], name="one_consumer_step_a_place"),
            models.CheckConstraint(condition=Q(of__in=OF), name="consumer_step_of"),
        ]

    def __str__(self) -> str:
        return f"{self.of} {self.action}"


class Assignment(models.Model):
    """Which department or person got a matter, by which rule and why. The last one holds."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    of = models.CharField(max_length=10)
    matter = models.UUIDField(db_index=True)
    department = models.CharField(max_length=24)
    owner = models.CharField(max_length=80, blank=True, default="")
    owner_name = models.CharField(max_length=80, blank=True, default="")
    rule = models.CharField(max_length=40, blank=True, default="")
    article = models.CharField(max_length=40, blank=True, default="")
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField(unique=True)

    class Meta:
        ordering = ["matter", "at", "leaf"]
        constraints = [models.CheckConstraint(condition=Q(of__in=OF), name="assignment_of")]

    def __str__(self) -> str:
        return f"{self.department} {self.owner_name}"


class Answer(models.Model):
    """What the merchant or the platform says to a complaint, and what it offers."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="answers")
    side = models.CharField(max_length=10)
    text = EncryptedTextField(**WHY)
    offer = models.CharField(max_length=12, blank=True, default="")
    offer_fen = models.BigIntegerField(null=True, blank=True)
    refund_ref = models.CharField(max_length=64, blank=True, default="", help_text="the payment's number of a refund that was made")
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField(unique=True)

    class Meta:
        ordering = ["complaint", "at"]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=SIDES), name="answer_side"),
            models.CheckConstraint(condition=Q(offer_fen__isnull=True) | Q(offer_fen__gt=0), name="answer_offer"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.side}"


class Rating(models.Model):
    """The consumer's rating of an answer, one to five. It rates an answer; nobody rates a consumer."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    answer = models.OneToOneField(Answer, on_delete=models.PROTECT, related_name="rating")
    stars = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    leaf = models.BigIntegerField(unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(stars__gte=1) & Q(stars__lte=5), name="rating_stars")]

    def __str__(self) -> str:
        return str(self.stars)


class Promise(models.Model):
    """Something promised with a day: kept or broken by the consumer's word and an officer's finding."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="promises")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, blank=True, related_name="promises")
    text = EncryptedTextField(**WHY)
    due_on = models.DateField()
    state = models.CharField(max_length=8, default=OPEN)
    word = models.CharField(max_length=8, blank=True, default="", help_text="what the consumer says")
    word_at = models.DateTimeField(null=True, blank=True)
    found_by = models.CharField(max_length=80, blank=True, default="")
    found_by_name = models.CharField(max_length=80, blank=True, default="")
    found_at = models.DateTimeField(null=True, blank=True)
    reason = EncryptedTextField(blank=True, default="", **WHY)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PROMISE_STATES) & Q(word__in=["", KEPT, BROKEN]), name="promise_words"),
            models.CheckConstraint(condition=~Q(state=BROKEN) | ~Q(found_by=""), name="promise_broken_is_found_by_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.due_on}"

    @property
    def page_url(self) -> str:
        return reverse("consumers:promise", args=[self.complaint.number, self.pk])


class Word(models.Model):
    """The complainant's word at the end: solved, or not and opened again."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="words")
    word = models.CharField(max_length=10)
    text = EncryptedTextField(blank=True, default="", **WHY)
    at = models.DateTimeField()
    leaf = models.BigIntegerField(unique=True)

    class Meta:
        ordering = ["complaint", "at"]
        constraints = [models.CheckConstraint(condition=Q(word__in=[SOLVED, UNSOLVED]), name="word_is_one_of_two")]

    def __str__(self) -> str:
        return self.word
