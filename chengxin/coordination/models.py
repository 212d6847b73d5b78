"""The plan's obligations: proposed texts, tasks with their departments, what happened to each, meetings, and figures that are frozen.

Steps, answers, evidence, frozen sheets and quarter reports are written once; the database refuses to change them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.audit import protection, rows
from chengxin.kernel import ids

DRAFT, CONFIRMED, DROPPED = PLAN_STATES = ("DRAFT", "CONFIRMED", "DROPPED")
ASSIGNED, ACCEPTED, DOING, REPORTED, VERIFIED, DONE = TASK_STATES = ("ASSIGNED", "ACCEPTED", "DOING", "REPORTED", "VERIFIED", "DONE")
ON_TIME, REMINDED, YELLOW, RED, NOTIFIED, REFERRED, SETTLED = LATE_STATES = (
    "ON_TIME",
    "REMINDED",
    "YELLOW",
    "RED",
    "NOTIFIED",
    "REFERRED",
    "SETTLED",
)
OPEN = (ASSIGNED, ACCEPTED, DOING, REPORTED, VERIFIED)
WORKING = (ASSIGNED, ACCEPTED, DOING)
ACCUSED = (YELLOW, RED, NOTIFIED, REFERRED)
LEAD, SUPPORT = PARTS = ("lead", "support")
FILE, LINK = EVIDENCE_KINDS = ("file", "link")
PLANNED, HELD = MEETING_STATES = ("PLANNED", "HELD")


class Plan(models.Model):
    """A plan's text and the tasks it is proposed to mean. `rows`: {no, measure, title, text, lead, support, due_on, how, evidence, take};
    `unread`: {where, what, why}. Nothing in it is a task until a named person confirms it; then it is never changed again."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=200)
    issued_on = models.DateField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    rows = models.JSONField(default=list)
    unread = models.JSONField(default=list)
    state = models.CharField(max_length=10, default=DRAFT)
    made_by = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_by_name = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PLAN_STATES), name="obligation_plan_state"),
            models.CheckConstraint(condition=Q(state=DRAFT) | ~Q(decided_by=""), name="obligation_plan_decided_by_somebody"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("coordination:plan", args=[self.number])


class Meeting(models.Model):
    """A joint conference. `agenda`: [{"what", "task", "why"}], proposed from what is overdue; `minutes` are written when it is held."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=200)
    at = models.DateTimeField()
    place = models.CharField(max_length=200)
    departments = models.JSONField(default=list)
    agenda = models.JSONField(default=list)
    state = models.CharField(max_length=8, default=PLANNED)
    minutes = models.TextField(blank=True, default="")
    paper = models.UUIDField(null=True, blank=True)
    paper_number = models.CharField(max_length=100, blank=True, default="")
    planned_by = models.CharField(max_length=80)
    planned_by_name = models.CharField(max_length=80)
    planned_at = models.DateTimeField()
    held_by = models.CharField(max_length=80, blank=True, default="")
    held_by_name = models.CharField(max_length=80, blank=True, default="")
    held_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MEETING_STATES), name="conference_state"),
            models.CheckConstraint(condition=~Q(state=HELD) | (~Q(held_by="") & ~Q(minutes="")), name="conference_held_with_minutes"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("coordination:meeting", args=[self.number])


class Task(models.Model):
    """What one lead department has to do by a day, from a confirmed plan or a resolution. `state` is the work, `late` what its lateness
    led to. Who verifies did not report, who closes did not verify."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks")
    meeting = models.ForeignKey(Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks")
    measure = models.CharField(max_length=3, help_text="code of the list measure, M03-M20")
    title = models.CharField(max_length=300)
    lead = models.CharField(max_length=24)
    evidence_asked = models.CharField(max_length=300)
    due_on = models.DateField()
    state = models.CharField(max_length=10, default=ASSIGNED)
    late = models.CharField(max_length=10, default=ON_TIME)
    answer_by = models.DateField(null=True, blank=True, help_text="until when the newest supervision letter is to be answered")
    answered_at = models.DateTimeField(null=True, blank=True)
    assigned_by = models.CharField(max_length=80)
    assigned_by_name = models.CharField(max_length=80)
    assigned_at = models.DateTimeField()
    reported_by = models.CharField(max_length=80, blank=True, default="")
    reported_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=80, blank=True, default="")
    closed_by = models.CharField(max_length=80, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "number"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="plan_task_queue"),
            models.Index(fields=["lead", "state"], name="plan_task_lead"),
            models.Index(fields=["measure", "state"], name="plan_task_measure"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TASK_STATES) & Q(late__in=LATE_STATES), name="plan_task_state"),
            models.CheckConstraint(condition=Q(plan__isnull=False) | Q(meeting__isnull=False), name="plan_task_from_somewhere"),
            models.CheckConstraint(condition=~Q(assigned_by="") & ~Q(assigned_by_name=""), name="plan_task_confirmed_by_somebody"),
            models.CheckConstraint(condition=Q(verified_by="") | ~Q(verified_by=F("reported_by")), name="plan_task_verified_by_another"),
            models.CheckConstraint(condition=Q(closed_by="") | ~Q(closed_by=F("verified_by")), name="plan_task_closed_by_another"),
            models.CheckConstraint(
                condition=~Q(state=DONE) | (~Q(closed_by="") & ~Q(verified_by="") & Q(closed_at__isnull=False)), name="plan_task_done"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("coordination:task", args=[self.number])


class Assignment(models.Model):
    """A department's part in a task, from when to when: it ends when the department is succeeded by another."""

    id = models.BigAutoField(primary_key=True)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="parts")
    department = models.CharField(max_length=24)
    part = models.CharField(max_length=8)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["part", "id"]
        indexes = [models.Index(fields=["department", "part"], name="plan_task_of_department")]
        constraints = [
            models.CheckConstraint(condition=Q(part__in=PARTS), name="plan_task_part"),
            models.UniqueConstraint(fields=["task", "department"], condition=Q(until__isnull=True), name="one_plan_task_part_a_department"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.department}"


class TaskStep(models.Model):
    """One step of a task's work or of its lateness, in order; `paper` is the letter, notice or referral that went out."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="steps")
    place = models.PositiveIntegerField()
    of = models.CharField(max_length=5, help_text="task or late: which of the two workflows")
    action = models.CharField(max_length=20)
    before = models.CharField(max_length=10)
    after = models.CharField(max_length=10)
    actor = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=80)
    department = models.CharField(max_length=24, blank=True)
    said = models.CharField(max_length=1000, blank=True)
    paper = models.UUIDField(null=True, blank=True)
    paper_number = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["place"]
        indexes = [models.Index(fields=["action", "at"], name="plan_task_steps_in_time")]
        constraints = [
            models.UniqueConstraint(fields=["task", "place"], name="one_plan_task_step_a_place"),
            models.CheckConstraint(
                condition=~Q(after__in=ACCUSED) | Q(of="task") | Q(actor__startswith="user:"), name="lateness_is_held_against_by_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.action}"


class TaskEvidence(models.Model):
    """What shows that a task is done: a file that the evidence room keeps, or a link to a page of the house or of the city."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=4)
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=500, blank=True)
    exhibit = models.UUIDField(null=True, blank=True)
    department = models.CharField(max_length=24)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EVIDENCE_KINDS), name="task_evidence_kind"),
            models.CheckConstraint(condition=~Q(url="") | Q(exhibit__isnull=False), name="task_evidence_is_somewhere"),
        ]

    def __str__(self) -> str:
        return self.title


class Sheet(models.Model):
    """A department's indicators of one month or quarter, frozen: `figures`: {indicator: {"n", "d"}} with the catalogue's version; `sha256`
    of it in canonical JSON. Corrections are later rows of another period or a new catalogue, never an edit."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    department = models.CharField(max_length=24)
    period = models.CharField(max_length=7, help_text="2026-10 or 2026-Q4")
    since = models.DateField()
    until = models.DateField()
    figures = models.JSONField()
    catalogue = models.CharField(max_length=64, help_text="SHA-256 of the catalogue of indicators it was computed by")
    sha256 = models.CharField(max_length=64)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-since", "department"]
        constraints = [models.UniqueConstraint(fields=["department", "period"], name="one_sheet_a_period")]

    def __str__(self) -> str:
        return f"{self.department} {self.period}"

    @property
    def page_url(self) -> str:
        return reverse("coordination:sheet", args=[self.department, self.period])


class QuarterReport(models.Model):
    """The report of a quarter as a sealed paper; `content` is what the figures were when it was made."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    period = models.CharField(max_length=7, unique=True)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    document = models.UUIDField()
    document_number = models.CharField(max_length=100)
    code = models.CharField(max_length=19)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        ordering = ["-period"]

    def __str__(self) -> str:
        return self.period


WRITTEN_ONCE = (TaskStep, TaskEvidence, Sheet, QuarterReport)
rows.bind(*WRITTEN_ONCE)
protection.keep(
    coordination_taskstep='"id"', coordination_taskevidence='"id"', coordination_sheet='"id"', coordination_quarterreport='"id"'
)
