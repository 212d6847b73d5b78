"""A platform's rules in all versions, and its major events; both public and never edited."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from chengxin.kernel import ids
from chengxin.subjects.models import Platform


class RuleVersion(models.Model):
    """One version of one rule of a platform, with the days of its making (e-commerce law 32-34, order 116 art. 7-15).

    `kind` is the code list platform_rule_kind. A kind's version holds from `effective_on` until the next one's. `text` stays readable.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="rule_versions")
    kind = models.CharField(max_length=4)
    version = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    url = models.URLField(max_length=300)
    text = models.TextField(max_length=200_000)
    sha256 = models.CharField(max_length=64)
    first = models.BooleanField(help_text="the first version of its kind: nothing was changed")
    major = models.BooleanField(default=False)
    comments_from = models.DateField(null=True, blank=True)
    comments_until = models.DateField(null=True, blank=True)
    comments_count = models.PositiveIntegerField(null=True, blank=True)
    comments_answer = models.TextField(max_length=8000, blank=True, default="")
    published_on = models.DateField()
    effective_on = models.DateField()
    made_by = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "-effective_on"]
        constraints = [
            models.UniqueConstraint(fields=["platform", "kind", "version"], name="one_rule_version"),
            models.CheckConstraint(condition=Q(effective_on__gte=F("published_on")), name="rule_published_before_effect"),
            models.CheckConstraint(
                condition=Q(comments_from__isnull=True) | Q(comments_until__gte=F("comments_from")), name="rule_comment_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"

    @property
    def page_url(self) -> str:
        return reverse("platforms:rule", args=[self.pk])


class MajorEvent(models.Model):
    """Something about the platform that its users should know (code list platform_event), shown until its last day."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="major_events")
    kind = models.CharField(max_length=4)
    title = models.CharField(max_length=200)
    text = models.TextField(max_length=4000)
    happened_on = models.DateField()
    takes_effect_on = models.DateField(null=True, blank=True)
    until = models.DateField()
    made_by = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-happened_on", "-made_at"]
        constraints = [models.CheckConstraint(condition=Q(until__gte=F("happened_on")), name="major_event_ends")]

    def __str__(self) -> str:
        return self.title
