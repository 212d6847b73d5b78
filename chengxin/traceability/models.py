"""Events of EPCIS 2.0 (ISO/IEC 19987) as captured, what they are about and who is named in them. Everything but a job is written once.

Rows are many (a million events have some five million rows), so keys are integers, an event's JSON is kept once as compact text, and what a
query asks for stands in columns with an index. Words of the standard vocabulary stand by their short names (`shipping`), others as given.
"""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.urls import reverse

from chengxin.audit import protection
from chengxin.jobs.attempts import STATES, Attempted
from chengxin.kernel import clock
from chengxin.kernel.encryption import EncryptedTextField

KINDS = OBJECT, AGGREGATION, TRANSFORMATION, TRANSACTION, ASSOCIATION, EXTENDED = (
    "object",
    "aggregation",
    "transformation",
    "transaction",
    "association",
    "extended",
)
ROLES = EPC, PARENT, CHILD, INPUT, OUTPUT, QUANTITY, CHILD_QUANTITY, INPUT_QUANTITY, OUTPUT_QUANTITY = (
    "epc",
    "parent",
    "child",
    "input",
    "output",
    "quantity",
    "child_quantity",
    "input_quantity",
    "output_quantity",
)
SIDES = SOURCE, DESTINATION, LOCATION, READ_POINT = ("source", "destination", "location", "read_point")
OWNERS = PLATFORM, SUBJECT, OFFICE = ("platform", "subject", "office")
KEY = 1000  # characters of an identifier; PostgreSQL's index takes no more than 2.7 kB


class TraceOwner(models.Model):
    """Who captures: a client's code (platform, producer, courier), a subject of the register, or the office. One row each."""

    kind = models.CharField(max_length=8)
    code = models.CharField(max_length=64, help_text="code of the client, id of the subject, or the department")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["kind", "code"], name="one_trace_owner"),
            models.CheckConstraint(condition=Q(kind__in=OWNERS), name="trace_owner_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.code}"


class TraceName(models.Model):
    """A party or place (GLN, PGLN) that an officer found to be an owner's: by it an owner is recognised in others' events."""

    owner = models.ForeignKey(TraceOwner, on_delete=models.PROTECT, related_name="names")
    key = models.CharField(max_length=KEY, help_text="canonical GS1 Digital Link URI, or the URI as given")
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["key"], name="one_owner_a_trace_name")]

    def __str__(self) -> str:
        return self.key


class TraceContext(models.Model):
    """A JSON-LD context as it came, kept once: thousands of events share it. An event without one of its own has its document's."""

    sha256 = models.CharField(max_length=64, unique=True)
    body = models.TextField()

    def __str__(self) -> str:
        return self.sha256


class CaptureJob(models.Model):
    """One call of the capture interface. The body waits in the vault until the job has run; `envelope`: the document without its events."""

    number = models.CharField(max_length=40, unique=True)
    owner = models.ForeignKey(TraceOwner, on_delete=models.PROTECT, related_name="jobs")
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    running = models.BooleanField(default=True)
    success = models.BooleanField(null=True)
    behaviour = models.CharField(max_length=8, default="rollback", help_text="GS1-Capture-Error-Behaviour: rollback or proceed")
    media = models.CharField(max_length=60, default="application/ld+json")
    sha256 = models.CharField(max_length=64, help_text="of the body as it came")
    envelope = models.TextField(blank=True, default="")
    events = models.IntegerField(default=0, help_text="in the document")
    accepted = models.IntegerField(default=0, help_text="stored by this job")
    repeated = models.IntegerField(default=0, help_text="known already, with the same content")
    errors = models.JSONField(default=list)
    root = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256 over what was stored, as the log knows it")

    class Meta:
        ordering = ["-id"]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["owner", "-id"], name="trace_job_owner")]

    def __str__(self) -> str:
        return self.number

    @property
    def page_url(self) -> str:
        return reverse("traceability:upload_job", args=[self.number])


class TraceEvent(models.Model):
    """One event. `document` is its JSON as captured, compact; `event_id` is the eventID, or the event hash where none was given.

    An error declaration is a row of its own with the same `event_id` and `declared_at`: it supersedes, and the first row stays.
    """

    event_id = models.CharField(max_length=KEY)
    event_hash = models.CharField(max_length=64, help_text="hex SHA-256 of the pre-hash string (CBV 2.0, 8.9)")
    kind = models.CharField(max_length=14)
    action = models.CharField(max_length=7, blank=True, default="")
    event_time = models.DateTimeField()
    event_offset = models.CharField(max_length=6)
    record_time = models.DateTimeField()
    biz_step = models.CharField(max_length=KEY, blank=True, default="")
    disposition = models.CharField(max_length=KEY, blank=True, default="")
    read_point = models.CharField(max_length=KEY, blank=True, default="")
    biz_location = models.CharField(max_length=KEY, blank=True, default="")
    context = models.ForeignKey(TraceContext, on_delete=models.PROTECT, related_name="+", db_index=False)
    document = models.TextField()
    owner = models.ForeignKey(TraceOwner, on_delete=models.PROTECT, related_name="events", db_index=False)
    job = models.ForeignKey(CaptureJob, on_delete=models.PROTECT, related_name="stored")
    place = models.IntegerField(help_text="of the event in its document, from 0")
    declared_at = models.DateTimeField(null=True, blank=True, help_text="errorDeclaration.declarationTime")
    declared_reason = models.CharField(max_length=KEY, blank=True, default="")
    declaration = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256 of the errorDeclaration; empty without one")

    class Meta:
        ordering = ["id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["event_id", "declaration"], name="one_trace_event"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="trace_event_kind"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["event_time"], name="trace_event_time"),
            models.Index(fields=["record_time"], name="trace_record_time"),
            models.Index(fields=["biz_step", "event_time"], name="trace_biz_step"),
            models.Index(fields=["owner", "id"], name="trace_event_owner"),
        ]

    def __str__(self) -> str:
        return self.event_id

    @property
    def page_url(self) -> str:
        """The timeline of the first item, for officers; "" for an event about nothing but a place."""
        first = next(iter(self.items.all()), None)
        return f"{reverse('traceability:item')}?{urlencode({'key': first.key})}" if first else ""


class TraceItem(models.Model):
    """What an event is about. `key` is the canonical GS1 Digital Link URI at the finest level, or the URI as given where it is no GS1 key.

    `quantity` is the JSON number as it came. Who adds quantities up rounds each to whole millionths first, so that the sum is exact.
    """

    event = models.ForeignKey(TraceEvent, on_delete=models.PROTECT, related_name="items")
    role = models.CharField(max_length=15)
    uri = models.CharField(max_length=KEY)
    key = models.CharField(max_length=KEY)
    gtin = models.CharField(max_length=14, blank=True, default="")
    lot = models.CharField(max_length=60, blank=True, default="")
    serial = models.CharField(max_length=90, blank=True, default="")
    quantity = models.FloatField(null=True, blank=True)
    unit = models.CharField(max_length=3, blank=True, default="", help_text="UN/ECE recommendation 20; empty: pieces")

    class Meta:
        ordering = ["id"]
        constraints: ClassVar[list[Any]] = [models.CheckConstraint(condition=Q(role__in=ROLES), name="trace_item_role")]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["key", "event"], name="trace_item_key"),
            models.Index(fields=["gtin", "lot"], name="trace_item_lot"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.key}"


class TraceParty(models.Model):
    """Whom or which place an event names. type: owning_party, possessing_party, location (or a URI); empty for read point and location."""

    event = models.ForeignKey(TraceEvent, on_delete=models.PROTECT, related_name="parties")
    side = models.CharField(max_length=11)
    type = models.CharField(max_length=KEY, blank=True, default="")
    uri = models.CharField(max_length=KEY)
    value = models.CharField(max_length=KEY, help_text="canonical GS1 Digital Link URI, or the URI as given")

    class Meta:
        ordering = ["id"]
        constraints: ClassVar[list[Any]] = [models.CheckConstraint(condition=Q(side__in=SIDES), name="trace_party_side")]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["value", "side", "event"], name="trace_party_value")]

    def __str__(self) -> str:
        return f"{self.side} {self.value}"


class TraceField(models.Model):
    """What else a query may ask of an event: business transactions, persistent dispositions, sensor reports, ILMD and extension fields.

    `path` names it as the query does without the operator ("bizTransaction_po", "ILMD_https://…lot", "https://…field"); `number` is the
    value where it is a number (sensor values in the base unit of `unit`'s dimension), or the time in seconds since 1970.
    """

    event = models.ForeignKey(TraceEvent, on_delete=models.PROTECT, related_name="fields", db_index=False)
    path = models.CharField(max_length=KEY)
    text = models.CharField(max_length=KEY, blank=True, default="")
    number = models.FloatField(null=True, blank=True)
    unit = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        ordering = ["id"]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["path", "text"], name="trace_field_text"),
            models.Index(fields=["path", "number"], name="trace_field_number", condition=Q(number__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.path}={self.text}"


class TraceMaster(models.Model):
    """Master data of a document's header: an attribute of a place, party or class. The newest of an attribute holds."""

    job = models.ForeignKey(CaptureJob, on_delete=models.PROTECT, related_name="master")
    vocabulary = models.CharField(max_length=KEY)
    element = models.CharField(max_length=KEY, help_text="key of the vocabulary element")
    attribute = models.CharField(max_length=KEY)
    value = models.TextField()

    class Meta:
        ordering = ["id"]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["attribute", "element"], name="trace_master_attribute")]

    def __str__(self) -> str:
        return f"{self.element} {self.attribute}"


class NamedQuery(models.Model):
    """A query that an owner keeps under a name and polls."""

    owner = models.ForeignKey(TraceOwner, on_delete=models.PROTECT, related_name="queries")
    name = models.CharField(max_length=100)
    query = models.JSONField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["owner", "name"]
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["owner", "name"], name="one_named_query")]

    def __str__(self) -> str:
        return self.name


ACTIVE, PAUSED, BROKEN = SUBSCRIPTION_STATES = ("ACTIVE", "PAUSED", "BROKEN")
RECEIVER, QUERY, RIGHT = WHY_BROKEN = ("receiver", "query", "right")
EVENTS, EMPTY, TOO_LARGE, FAULT = PUSH_KINDS = ("events", "empty", "too_large", "fault")


class Subscription(models.Model):
    """A named query whose new events are sent to an address: as they come (`stream`), or when its `schedule` says.

    Sent or planned is what was recorded up to `cursor` (an id of events, which come in the order of their record times); an execution of
    the query goes up to `target`. `busy_until`: a worker sends for it until then, so that no second one does.
    """

    number = models.CharField(max_length=40, unique=True, help_text="subscriptionID")
    query = models.ForeignKey(NamedQuery, on_delete=models.CASCADE, related_name="subscriptions")
    client = models.ForeignKey("accounts.PlatformClient", on_delete=models.PROTECT, related_name="+", help_text="who reads by it")
    dest = models.CharField(max_length=1000)
    signed = models.BooleanField(help_text="whether the client gave a token to sign with")
    token = EncryptedTextField(blank=True, default="", purpose="signing what is sent to a subscriber", basis="csl.main", term="PIA_KEEP")
    stream = models.BooleanField()
    schedule = models.JSONField(default=dict, blank=True)
    report_if_empty = models.BooleanField(default=False)
    epc_format = models.CharField(max_length=24, blank=True, default="")
    initial_record_time = models.DateTimeField()
    min_record_time = models.DateTimeField(help_text="when the query was executed last; at first initial_record_time")
    batch = models.PositiveIntegerField(help_text="events in one message; halved by a 413, one more by each that is taken")
    cursor = models.BigIntegerField()
    target = models.BigIntegerField()
    next_at = models.DateTimeField(null=True, blank=True, help_text="when the schedule says next; empty for a stream")
    state = models.CharField(max_length=8, default=ACTIVE)
    why = models.CharField(max_length=8, blank=True, default="")
    broken_at = models.DateTimeField(null=True, blank=True)
    notified_at = models.DateTimeField(null=True, blank=True)
    busy_until = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(state__in=SUBSCRIPTION_STATES), name="trace_subscription_state"),
            models.CheckConstraint(condition=Q(why="") | Q(why__in=WHY_BROKEN), name="trace_subscription_why"),
            models.CheckConstraint(condition=Q(stream=True, next_at=None) | Q(stream=False), name="trace_stream_or_schedule"),
        ]

    def __str__(self) -> str:
        return self.number


class Push(Attempted):
    """One message to a subscriber: the events after one id up to another that the query finds when it is sent."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="pushes")
    sequence = models.PositiveIntegerField(help_text="from 1 without a gap in each subscription")
    kind = models.CharField(max_length=9, default=EVENTS)
    after = models.BigIntegerField()
    upto = models.BigIntegerField()
    events = models.PositiveIntegerField(null=True, blank=True, help_text="in the message that was sent last")
    most = models.PositiveIntegerField(null=True, blank=True, help_text="of a query that found too many: its maxEventCount")

    class Meta:
        ordering = ["subscription", "sequence"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["subscription", "sequence"], name="one_trace_push"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="trace_push_state"),
            models.CheckConstraint(condition=Q(kind__in=PUSH_KINDS), name="trace_push_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.sequence}"


# Items, parties and fields are taken from the document and can be taken from it again, so they need no triggers, which cost half the time
# of an insert; check_stored in queries.py compares documents with the log.
KEPT = {f"traceability_trace{one}": '"id"' for one in ("event", "master", "context")}
protection.keep(**KEPT)
