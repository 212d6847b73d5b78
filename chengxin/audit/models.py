"""The log as rows: leaves, inner nodes, the signed tip, kept heads with their witnesses, and the personal parts that may be erased."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chengxin.audit.fields import RowNumberField
from chengxin.kernel import ids
from chengxin.kernel.encryption import EncryptedTextField


class Leaf(models.Model):
    """One entry. `body` is canonical JSON {action, actor, at, data, object, personal_commitment}; the columns repeat it for finding.

    The database refuses to change or delete rows (see protection.py); `hash` = H(0x00 || body) by `hash_name`.
    """

    index = RowNumberField(_("number"), primary_key=True)
    action = models.CharField(_("action"), max_length=80)
    actor = models.CharField(_("actor"), max_length=120)
    object = models.CharField(_("object"), max_length=160)
    at = models.DateTimeField(_("time"))
    body = models.TextField(_("content"))
    hash_name = models.CharField(_("hash name"), max_length=10)
    hash = models.BinaryField(_("hash"), max_length=32)

    class Meta:
        verbose_name = _("log leaf")
        verbose_name_plural = _("log leaves")
        indexes = [
            models.Index(fields=["object", "index"], name="leaf_object"),
            models.Index(fields=["actor", "index"], name="leaf_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.index} {self.action} {self.object}"

    @property
    def page(self) -> str:
        """The URL of its page."""
        return reverse("audit:leaf", args=[self.index])


class Node(models.Model):
    """The hash of a complete subtree of level 1 or more: id = level << 48 | index. Never changes once written."""

    id = RowNumberField(primary_key=True)
    hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("inner node")
        verbose_name_plural = _("inner nodes")

    def __str__(self) -> str:
        return f"level {self.id >> 48}, {self.id & (1 << 48) - 1}"


class Tip(models.Model):
    """The one row that says where the log ends now: signed again at every append, so a forged ending shows at once."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(_("leaves"))
    peaks = models.BinaryField(_("right edge"))
    note = models.TextField(_("signed head"))

    class Meta:
        verbose_name = _("log tip")
        verbose_name_plural = _("log tips")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_tip")]

    def __str__(self) -> str:
        return f"{self.size} leaves"


class SignedHead(models.Model):
    """A head that was published: what witnesses sign and receipts may be compared with."""

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField(_("leaves"), db_index=True)
    root = models.BinaryField(_("root"), max_length=32)
    at = models.DateTimeField(_("time"))
    note = models.TextField(_("signed head"))

    class Meta:
        verbose_name = _("signed head")
        verbose_name_plural = _("signed heads")
        constraints = [models.UniqueConstraint(fields=["size", "root"], name="one_head_per_tree")]

    def __str__(self) -> str:
        return f"{self.size} leaves at {self.at}"


class Witness(models.Model):
    """Somebody outside the city's database who keeps our heads and signs that they never contradict each other."""

    name = models.CharField(_("name"), max_length=120, primary_key=True)
    key = models.BinaryField(_("public key"), max_length=32)

    class Meta:
        verbose_name = _("witness")
        verbose_name_plural = _("witnesses")

    def __str__(self) -> str:
        return self.name


class Cosignature(models.Model):
    """A witness's signature line on a head (C2SP cosignature/v1)."""

    id = models.BigAutoField(primary_key=True)
    head = models.ForeignKey(SignedHead, on_delete=models.PROTECT, related_name="cosignatures", verbose_name=_("signed head"))
    witness = models.ForeignKey(Witness, on_delete=models.PROTECT, related_name="cosignatures", verbose_name=_("witness"))
    line = models.TextField(_("signature"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("cosignature")
        verbose_name_plural = _("cosignatures")
        constraints = [models.UniqueConstraint(fields=["head", "witness"], name="one_cosignature")]

    def __str__(self) -> str:
        return f"{self.witness_id}: {self.head_id}"


class PersonalPart(models.Model):
    """What a leaf says about a person; the leaf holds only H(salt || content). Erasing the row erases the person; proofs stay."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    leaf = models.OneToOneField(Leaf, on_delete=models.PROTECT, related_name="personal", verbose_name=_("log leaf"))
    salt = models.BinaryField(_("salt"), max_length=32)
    content = EncryptedTextField(
        _("personal data"),
        purpose="trace of an official act",
        basis="个人信息保护法 第五十一条、第五十四条",
        term="as long as the record it belongs to; erased by audit.forget",
    )

    class Meta:
        verbose_name = _("personal part")
        verbose_name_plural = _("personal parts")

    def __str__(self) -> str:
        return f"of leaf {self.leaf_id}"
