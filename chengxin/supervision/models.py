"""The clue desk: a clue with its frozen evidence, its reasons, its links, its steps, and what was asked of platforms."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import ids
from chengxin.subjects.models import Shop

OPENED, CHECKING, ASKED, ANSWERED, HANDED_OVER, DISMISSED, CASE = STATES = (
    "OPENED",
    "CHECKING",
    "ASKED_PLATFORM",
    "ANSWERED",
    "HANDED_OVER",
    "DISMISSED",
    "CASE",
)
CLOSED_STATES = (DISMISSED, CASE)
OPEN_STATES = (OPENED, CHECKING, ASKED, ANSWERED, HANDED_OVER)


class Clue(models.Model):
    """One ring or one shop that a detector pointed at, on the desk of one department, under the clock of order 2 art. 18.

    `key` is the finding's key: the same ring has the same key in a later run. A clue says nothing about guilt and is never public.
    """

    class Severity(models.TextChoices):
        HIGH = "high", _("High")
        MEDIUM = "medium", _("Medium")
        LOW = "low", _("Low")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    key = models.CharField(max_length=32, db_index=True)
    detector = models.CharField(max_length=40)
    detector_version = models.CharField(max_length=20, blank=True)
    behaviour = models.CharField(max_length=4)
    department = models.CharField(max_length=24)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    severity = models.CharField(max_length=6, choices=Severity.choices)
    score = models.FloatField()
    state = models.CharField(max_length=16, default=OPENED)
    opened_at = models.DateTimeField()
    received_on = models.DateField(help_text="the day the department that has it now got it: its clock counts from here")
    due_on = models.DateField()
    extended_on = models.DateField(null=True, blank=True)
    extension_asked_by = models.CharField(max_length=80, blank=True, default="")
    extension_reason = models.CharField(max_length=500, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    dismissed_as = models.CharField(max_length=60, blank=True, default="")
    since = models.DateTimeField()
    until = models.DateTimeField()
    run_id = models.UUIDField()
    finding_id = models.UUIDField()
    evidence_root = models.CharField(max_length=64)
    picture = models.JSONField(default=dict)
    benign = models.JSONField(default=list)
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reopened")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["due_on", "-score", "number"]
        indexes = [
            models.Index(fields=["department", "state", "due_on"], name="clue_queue"),
            models.Index(fields=["behaviour", "state"], name="clue_behaviour"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(closed_at__isnull=True), name="one_open_clue_per_ring"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="clue_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=CLOSED_STATES, closed_at__isnull=False) | (~Q(state__in=CLOSED_STATES) & Q(closed_at__isnull=True)),
                name="clue_closed_in_its_last_states",
            ),
            models.CheckConstraint(condition=Q(score__gte=0) & Q(score__lte=1), name="clue_score_is_a_probability"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def zh(self) -> str:
        return self.title_zh

    @property
    def en(self) -> str:
        return self.title_en

    @property
    def shops(self) -> models.QuerySet[Shop]:
        """The clue's shops that the register knows."""
        return Shop.objects.filter(pk__in=self.members.filter(shop__isnull=False).values("shop"))

    @property
    def page_url(self) -> str:
        return reverse("supervision:clue", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class ClueShop(models.Model):
    """A shop in a clue; `shop_id` points to the register when the shop is in it."""

    clue = models.ForeignKey(Clue, on_delete=models.CASCADE, related_name="members")
    token = models.BigIntegerField(db_index=True)
    shop = models.ForeignKey(Shop, null=True, on_delete=models.PROTECT, related_name="+")
    platform = models.CharField(max_length=40, blank=True, default="", db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clue", "token"], name="clue_shop_once")]

    def __str__(self) -> str:
        return f"{self.clue_id} {self.token}"


class ClueTrace(models.Model):
    """A pseudonym in a clue: a buyer's account, or a device that several of its accounts share. Kept to find the same ring again and to
    link clues; never scored."""

    class Kind(models.TextChoices):
        ACCOUNTS = "accounts", _("Accounts")
        DEVICES = "devices", _("Devices")

    clue = models.ForeignKey(Clue, on_delete=models.CASCADE, related_name="traces")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    token = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clue", "kind", "token"], name="clue_trace_once")]
        indexes = [models.Index(fields=["kind", "token"], name="clue_trace_token")]

    def __str__(self) -> str:
        return f"{self.clue_id} {self.kind} {self.token}"


class ClueEvidence(models.Model):
    """Facts of one kind that a run brought, frozen: their ids, and the hash of the rows as they stood."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    clue = models.ForeignKey(Clue, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=20)
    facts = models.JSONField(help_text="sorted fact ids")
    count = models.PositiveIntegerField()
    rows_hash = models.CharField(max_length=64)
    run_id = models.UUIDField()
    finding_digest = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "kind"]

    def __str__(self) -> str:
        return f"{self.kind} × {self.count}"


class ClueSighting(models.Model):
    """A finding that is in a clue; a finding is in one clue at most, so that telling the desk twice changes nothing."""

    clue = models.ForeignKey(Clue, on_delete=models.CASCADE, related_name="sightings")
    finding_id = models.UUIDField(unique=True)
    run_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    score = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return self.digest[:12]


class ClueReason(models.Model):
    """A reason a person can check, in both languages with its numbers; the newest run's reasons replace the earlier ones."""

    clue = models.ForeignKey(Clue, on_delete=models.CASCADE, related_name="reasons")
    place = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60)
    zh = models.TextField()
    en = models.TextField()
    numbers = models.JSONField(default=dict)
    weight = models.FloatField()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["clue", "place"], name="clue_reason_place")]

    def __str__(self) -> str:
        return self.code

    @property
    def percent(self) -> int:
        """The weight as people read it."""
        return round(100 * self.weight)


class ClueLink(models.Model):
    """Two clues that share something; `clue` is the later one."""

    class Kind(models.TextChoices):
        SHOPS = "shops", _("Same shops")
        ACCOUNTS = "accounts", _("Same accounts")
        DEVICES = "devices", _("Same devices")

    clue = models.ForeignKey(Clue, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Clue, on_delete=models.CASCADE, related_name="links_back")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    shared = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clue", "other", "kind"], name="clue_link_once"),
            models.CheckConstraint(condition=~Q(clue=F("other")), name="clue_link_not_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.clue_id} {self.kind} {self.other_id}"


class ClueStep(models.Model):
    """One step in a clue's history; the audit log holds the same step where nobody can change it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    clue = models.ForeignKey(Clue, on_delete=models.CASCADE, related_name="steps")
    action = models.CharField(max_length=20)
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16)
    department = models.CharField(max_length=24)
    actor = models.CharField(max_length=120)
    actor_name = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["department"], name="clue_step_department")]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d}"


class PlatformRequest(models.Model):
    """A question of an officer to a platform about a clue, and the platform's answer (e-commerce law 25, order 37 art. 34)."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="requests")
    platform = models.CharField(max_length=40, db_index=True)
    question = models.TextField()
    asked_by = models.CharField(max_length=120)
    asked_by_name = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    answer = models.TextField(blank=True, default="")
    answered_by = models.CharField(max_length=120, blank=True, default="")
    answered_by_name = models.CharField(max_length=80, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["clue", "platform"], condition=Q(answered_at__isnull=True), name="one_open_request_per_platform"
            ),
            models.CheckConstraint(
                condition=(Q(answered_at__isnull=True) & Q(answer="")) | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="request_answered_has_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.due_on}"

    @property
    def page_url(self) -> str:
        return reverse("supervision:request", args=[self.id])


class KnownBenign(models.Model):
    """What an officer found harmless, remembered: the same finding opens no clue again unless it brings facts not looked at then."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    key = models.CharField(max_length=32, unique=True)
    detector = models.CharField(max_length=40)
    pattern = models.CharField(max_length=60)
    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="remembered")
    facts = models.JSONField(help_text="{kind: sorted fact ids that were looked at}")
    remembered_at = models.DateTimeField()
    suppressed = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.detector} {self.pattern}"


class Waiting(models.Model):
    """A finding in its department's line: beyond the week's budget it waits here, ranked by what checking it is worth. Kept after it became
    a clue, with the way it did and, when it was drawn by lot, with its chance: that weighs it when precision is measured."""

    class Way(models.TextChoices):
        RANK = "rank", _("By rank")
        LOT = "lot", _("By lot")
        HAND = "hand", _("By hand")
        JOINED = "joined", _("Joined an open clue")

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    key = models.CharField(max_length=32, db_index=True)
    department = models.CharField(max_length=24)
    behaviour = models.CharField(max_length=4)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    severity = models.CharField(max_length=6, choices=Clue.Severity.choices)
    score = models.FloatField(help_text="the chance that an officer would find it to be so, by the verdicts so far")
    value = models.FloatField()
    run_id = models.UUIDField()
    finding_id = models.UUIDField()
    since = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    way = models.CharField(max_length=6, choices=Way.choices, blank=True, default="")
    chance = models.FloatField(null=True, blank=True)
    clue = models.ForeignKey(Clue, null=True, blank=True, on_delete=models.SET_NULL, related_name="waited")

    class Meta:
        ordering = ["-value", "key"]
        indexes = [models.Index(fields=["department", "opened_at"], name="waiting_line")]
        constraints = [models.UniqueConstraint(fields=["key"], condition=Q(opened_at__isnull=True), name="one_place_in_line_per_ring")]

    def __str__(self) -> str:
        return f"{self.department} {self.key[:8]} {self.value:.2f}"

    @property
    def zh(self) -> str:
        return self.title_zh

    @property
    def en(self) -> str:
        return self.title_en

    @property
    def page_url(self) -> str:
        return reverse("supervision:pull", args=[self.id])
