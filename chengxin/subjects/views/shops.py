"""One shop, at the platform's and the officer's door: its verification, its history, and the steps that may be taken."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.subjects import actions, evidence, lists, queries
from chengxin.subjects.actions.identity import roles_of
from chengxin.subjects.forms import StepForm
from chengxin.subjects.models import Shop
from chengxin.subjects.queries.persons import names_of

DESK = ("officer", "reviewer", "head")
SIMPLE = {"submit", "start_check", "resume", "reopen", "leave", "draft"}  # steps that need no more than a click
# "verify" appears twice on a page: by one person with a register or service, and as the second look at an image.
OFFERED = ("submit", "start_check", "first_look", "second_look", "verify", "send_back", "refuse", "suspend", "resume", "reopen", "leave")


@access.open_to("platform_staff")
def platform_shop(request: HttpRequest, pk: str) -> HttpResponse:
    """A shop of my platform."""
    return _page(request, pk, "platform")


@access.open_to(*DESK)
def officer_shop(request: HttpRequest, pk: str) -> HttpResponse:
    """A shop as an officer sees it."""
    return _page(request, pk, "officer")


@access.open_to("platform_staff")
def platform_step(request: HttpRequest, pk: str, action: str) -> HttpResponse:
    """Take a step at the platform's door."""
    return _step(request, pk, action, "platform")


@access.open_to(*DESK)
def officer_step(request: HttpRequest, pk: str, action: str) -> HttpResponse:
    """Take a step at the officer's door."""
    return _step(request, pk, action, "officer")


@access.open_to("platform_staff", *DESK)
def image(request: HttpRequest, pk: str, digest: str) -> HttpResponse:
    """The image a verification rests on, for who takes the second look; an officer says why, and each look is logged for the subject."""
    actor = access.actor_of(request)
    shop = access.get(actor, Shop, pk=pk)
    content = evidence.read(digest) if shop.verifications.filter(evidence_hash=digest).exists() else None
    if content is None:
        raise NotFound
    why = _("Comparing the image of a certificate") if actor.has("platform_staff") else str(access.purpose(request))
    with transaction.atomic():
        audit.record_read(str(actor), f"subjects.subject:{shop.subject_id}", ["licence_image"], why)
    return HttpResponse(content, content_type=evidence.kind_of(content), headers={"Cache-Control": "no-store"})


def _page(request: HttpRequest, pk: str, door: str) -> HttpResponse:
    actor = access.actor_of(request)
    shop = access.get(actor, Shop, pk=pk)
    licences = lists.LICENCES.view(request.GET, shop.subject.licences.all() if shop.subject else [], prefix="l-")
    if licences.export:
        return licences.export_response()
    looks = list(shop.verifications.all()[:20])
    for look in looks:
        look.image = evidence.is_kept(look.evidence_hash)  # type: ignore[attr-defined]
    context = {
        "shop": shop,
        "door": door,
        "state": lists.state_name(shop.state),
        "colour": lists.due_colour(shop),
        "card": queries.public_shop(shop),
        "looks": looks,
        "names": names_of({name for look in looks for name in (look.verifier, look.second_verifier) if name}),
        "steps": _steps(shop, actor, door),
        "licences": licences,
        "article": lists.article("ID_REVERIFY"),
        "categories": lists.category_names(shop.categories),
        "reminders": shop.reminders.all()[:10],
    }
    return render(request, "subjects/shop.html", context)


def _steps(shop: Shop, actor: Actor, door: str) -> list[dict[str, Any]]:
    """The steps this reader may take now, with their labels and where they post."""
    found = {step.action: step for step in workflow.load("subjects/shop_identity").steps_from(shop.state, roles_of(actor))}
    half = shop.verifications.filter(result="half").first()
    offered = []
    for name in OFFERED:
        step = found.get("verify" if name == "second_look" else name)
        if step is None or (name == "second_look" and (half is None or half.verifier == str(actor))):
            continue
        label = _("Second look: confirm the image") if name == "second_look" else step
        url = reverse(f"subjects:{'step' if door == 'platform' else 'officer_step'}", args=[shop.pk, name])
        offered.append({"action": name, "label": label, "url": url, "simple": name in SIMPLE or name == "second_look"})
    return offered


def _step(request: HttpRequest, pk: str, action: str, door: str) -> HttpResponse:
    actor = access.actor_of(request)
    shop = access.get(actor, Shop, pk=pk)
    if action not in OFFERED:
        raise NotFound
    back = shop.platform_page if door == "platform" else shop.officer_page
    form = StepForm(request.POST or None, request.FILES or None, action=action)
    simple = action in SIMPLE or action == "second_look"
    if request.method == "POST" and (simple or form.is_valid()):
        try:
            _take(shop, action, actor, {} if simple else form.cleaned_data)
        except ChengxinError as error:
            if simple:
                messages.error(request, str(error))
                return redirect(back)
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Done."))
            return redirect(back)
    step = workflow.load("subjects/shop_identity").step("verify" if action == "second_look" else action)
    shown = {"form": form, "shop": shop, "step": step, "back": back, "simple": simple}
    return render(request, "subjects/step.html", shown, status=422 if form.errors else 200)


def _take(shop: Shop, action: str, actor: Actor, given: dict[str, Any]) -> Shop:
    verbs: dict[str, Any] = {
        "submit": actions.submit_shop,
        "start_check": actions.start_check,
        "resume": actions.resume_shop,
        "reopen": actions.reopen_shop,
        "leave": actions.exit_shop,
        "second_look": actions.second_look,
    }
    reasoned: dict[str, Any] = {"send_back": actions.send_back, "refuse": actions.refuse_identity, "suspend": actions.suspend_shop}
    if action in verbs:
        done: Shop = verbs[action](shop, actor)
        return done
    if action in reasoned:
        done = reasoned[action](shop, given.get("reason", ""), actor)
        return done
    if action == "first_look":
        return actions.first_look(shop, evidence.keep(given["image"].read(evidence.MOST_BYTES + 1)), actor)
    return actions.pass_identity(shop, given["method"], actor, evidence_hash=given["evidence_hash"])
