"""What people fill in at the doors and in the administration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm as AllauthCodeForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthCodeAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthEnrolForm
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chengxin.accounts import beginning, demo, queries
from chengxin.accounts.models import LANGUAGES, PlatformClient, User
from chengxin.accounts.roles import OF_A_DEPARTMENT, Role
from chengxin.accounts.scopes import SCOPES
from chengxin.kernel import language
from chengxin.kernel.errors import ChengxinError


class Styled:
    """Gives every control the look of the house and ties it to its help and errors for a screen reader."""

    fields: dict[str, forms.Field]

    def dress(self) -> None:
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            if not isinstance(field.widget, forms.CheckboxSelectMultiple | forms.CheckboxInput | forms.RadioSelect):
                field.widget.attrs.setdefault("class", "form-select" if select else "form-control")


class Dressed(Styled):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()


class PlainForm(Dressed, forms.Form):
    """The house's own forms."""


class LoginForm(Styled, AllauthLoginForm):  # type: ignore[misc]
    """Sign-in by user name or e-mail; the address is looked up by its blind index."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name or e-mail")
        self.fields["login"].widget.attrs.pop("maxlength", None)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""
        self.dress()

    @property
    def demo(self) -> bool:
        return bool(settings.DEMO)

    @property
    def demo_password(self) -> str:
        return demo.PASSWORD if settings.DEMO else ""

    @property
    def demo_names(self) -> list[str]:
        """Who may be tried in a demo; empty anywhere else."""
        people = User.objects.filter(grants__reason=beginning.REASON, is_active=True) if settings.DEMO else User.objects.none()
        return list(people.values_list("username", flat=True).distinct()[:24])

    def user_credentials(self) -> dict[str, Any]:
        return {"username": queries.username_of(self.cleaned_data["login"]), "password": self.cleaned_data["password"]}


class ChangePasswordForm(Dressed, AllauthChangePasswordForm):  # type: ignore[misc]
    """allauth's, in our look."""


class ReauthenticateForm(Dressed, AllauthReauthenticateForm):  # type: ignore[misc]
    """allauth's, in our look."""


class CodeForm(Dressed, AllauthCodeForm):  # type: ignore[misc]
    """allauth's, in our look."""


class CodeAgainForm(Dressed, AllauthCodeAgainForm):  # type: ignore[misc]
    """allauth's, in our look."""


class EnrolForm(Dressed, AllauthEnrolForm):  # type: ignore[misc]
    """allauth's, in our look."""


class PersonForm(PlainForm):
    username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]{2,63}$", label=_("User name"), help_text=_("Small letters, digits, dot, dash, underscore; at least three.")
    )
    display_name = forms.CharField(label=_("Name"), max_length=64)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=32, required=False)
    officer_number = forms.CharField(label=_("Officer certificate number"), max_length=32, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)


class ProfileForm(PlainForm):
    display_name = forms.CharField(label=_("Name"), max_length=64)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=32, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)


class GrantForm(PlainForm):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    department = forms.ChoiceField(label=_("Department"), required=False, help_text=_("For officer, reviewer and head."))
    platform = forms.CharField(label=_("Platform code"), required=False, max_length=64, help_text=_("For platform staff."))
    subject = forms.UUIDField(label=_("Subject"), required=False, help_text=_("For merchants, courier and payment firms."))
    valid_from = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["department"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", "—"), *((each.code, language.pick(each)) for each in queries.departments())]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("role") in OF_A_DEPARTMENT and not given.get("department"):
            self.add_error("department", _("This role needs a department."))
        if given.get("valid_from") and given.get("valid_to") and given["valid_to"] < given["valid_from"]:
            self.add_error("valid_to", _("The end is before the beginning."))
        return given


class ReasonForm(PlainForm):
    why = forms.CharField(label=_("Reason"), max_length=200)


class JoinForm(PlainForm):
    password = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters, not only digits, not a common password."),
    )
    again = forms.CharField(label=_("The same again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password") != given.get("again"):
            self.add_error("again", _("The two are not the same."))
        return given


class ClaimForm(JoinForm):
    username = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]{2,63}$", label=_("User name"), help_text=_("Small letters, digits, dot, dash, underscore; at least three.")
    )
    display_name = forms.CharField(label=_("Name"), max_length=64)
    field_order = ("username", "display_name", "password", "again")


class PurposeForm(PlainForm):
    text = forms.CharField(
        label=_("Purpose"), max_length=200, min_length=4, help_text=_("Why you need the personal data. The person can read this.")
    )
    case_number = forms.CharField(label=_("Case number"), max_length=64, required=False)


def _scope_choices() -> list[tuple[str, str]]:
    return [(code, scope_name(code)) for code in SCOPES]


def scope_name(code: str) -> str:
    """What a scope allows, in words, with the code that the machine asks for."""
    return f"{language.pick(SCOPES[code])} · {code}" if code in SCOPES else code


def _rate_choices() -> list[tuple[str, str]]:
    return [
        (rate.value, _("{size}: {number} requests a second").format(size=rate.label, number=settings.CLIENT_RATES[rate][0]))
        for rate in PlatformClient.Rate
    ]


class ClientLimitsForm(PlainForm):
    scopes = forms.MultipleChoiceField(label=_("Scopes"), choices=_scope_choices, widget=forms.CheckboxSelectMultiple)
    rate = forms.ChoiceField(label=_("Rate class"), choices=_rate_choices, initial=PlatformClient.Rate.NORMAL)
    signing = forms.ChoiceField(
        label=_("Signed reports"),
        choices=PlatformClient.Signing.choices,
        initial=PlatformClient.Signing.OPTIONAL,
        help_text=_("A signed report cannot be denied later (RFC 9421)."),
    )
    networks = forms.CharField(label=_("Allowed networks"), required=False, help_text=_("CIDR, separated by spaces. Empty: from anywhere."))

    def clean_networks(self) -> list[str]:
        return str(self.cleaned_data["networks"]).split()


class ClientForm(ClientLimitsForm):
    platform_code = forms.SlugField(label=_("Platform code"), max_length=64)
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What the machine does, e.g. nightly orders."))
    field_order = ("platform_code", "name")


class KeyForm(PlainForm):
    key_id = forms.SlugField(label=_("Key id"), max_length=64)
    public_key = forms.CharField(label=_("Ed25519 public key"), widget=forms.Textarea(attrs={"rows": 4}), help_text=_("PEM or JWK."))


def why_of(request: HttpRequest) -> str:
    """The reason given with a button, empty when none was."""
    form = ReasonForm(request.POST)
    return str(form.cleaned_data["why"]) if form.is_valid() else ""


def done(form: forms.Form, action: Callable[[], object]) -> bool:
    """Run an action; an error of the family becomes the form's error, so that what was typed stays."""
    try:
        action()
    except ChengxinError as error:
        form.add_error(None, str(error))
        return False
    return True
