"""The name index behind search: bigram tokens next to the normalised text, kept in step by database triggers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chengxin.kernel import ids
from chengxin.subjects.models.parties import Subject
from chengxin.subjects.models.shops import Shop


class IndexedName(models.Model):
    """One public name of a subject or shop: `text` is normalised (NFKC, lower case), `tokens` its character pairs."""

    id = models.BigAutoField(primary_key=True)
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    text = models.CharField(max_length=250)
    tokens = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["text"], name="name_itself")]
        constraints = [
            models.CheckConstraint(
                condition=Q(subject__isnull=False, shop__isnull=True) | Q(subject__isnull=True, shop__isnull=False),
                name="name_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.text


class NameChange(models.Model):
    """A subject's or its shops' public names changed; without a subject: all may have. Its id is ordered by time, so that every process
    brings its own name-matching index up to date by looking at the newest (matching.register)."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return str(self.subject_id or "all")
