"""The merchant's door: what is on my file, what I must do, who has read it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chengxin.accounts import access
from chengxin.subjects import lists, queries
from chengxin.subjects.models import Reminder, Subject
from chengxin.subjects.queries.persons import personal_of, readers_of

OWNERS = ("merchant", "courier_staff", "payment_staff")


@access.open_to(*OWNERS)
def mine(request: HttpRequest) -> HttpResponse:
    """The whole file of each of my subjects, with what is due."""
    actor = access.actor_of(request)
    files = [_file(one, request) for one in access.all(actor, Subject).filter(pk__in=actor.subjects)]
    for one in files:
        if one["licences"].export:
            exported: HttpResponse = one["licences"].export_response()
            return exported
    return render(request, "subjects/mine.html", {"files": files})


@access.open_to(*OWNERS)
def own_data(request: HttpRequest, pk: str) -> HttpResponse:
    """My personal data as the city holds them (个人信息保护法 45). My own read is in the log like anybody's."""
    actor = access.actor_of(request)
    subject = access.get(actor, Subject, pk=pk, pk__in=actor.subjects)  # not what other roles of theirs may see
    held = personal_of(subject, actor, "个人信息保护法第四十五条：本人查阅")
    return render(request, "subjects/own_data.html", {"subject": subject, "held": held})


def _file(subject: Subject, request: HttpRequest) -> dict[str, Any]:
    shops = list(subject.shops.select_related("platform").prefetch_related("declarations"))
    due = [{"shop": shop, "colour": lists.due_colour(shop), "state": lists.state_name(shop.state)} for shop in shops]
    return {
        "subject": subject,
        "card": queries.public_card(subject),
        "kind": lists.kind_name(subject.kind),
        "shops": due,
        "licences": lists.LICENCES.view(request.GET, subject.licences.all(), prefix=f"l{subject.pk.hex[-6:]}-"),
        "reminders": Reminder.objects.filter(shop__in=shops).select_related("shop")[:20],
        "readers": readers_of(subject),
        "article": lists.article("ID_REVERIFY"),
    }
