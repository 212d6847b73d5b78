"""The officer's pages: the groups, and one group to be handled as one piece of work, complaint by complaint."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.consumers.access import DESK
from chengxin.consumers.triage import acts, lists, looking, queries
from chengxin.consumers.triage.forms import ACCEPT, REFUSE, TAKE, ActForm
from chengxin.consumers.triage.measuring import PAGE
from chengxin.consumers.triage.models import Group, Look

LISTED = 10  # numbers of complaints that could not be done, named in the message


@access.open_to(*DESK)
def groups(request: HttpRequest) -> HttpResponse:
    """The groups of the reader's departments; a new look on demand."""
    actor = access.actor_of(request)
    mine = actor.departments_as(*DESK)
    if request.method == "POST":
        for code in sorted(mine):
            looking.look(code)
        return redirect("triage:groups")
    table = lists.GROUPS.view(request.GET, queries.groups(actor))
    if table.export:
        return table.export_response()
    return render(request, "triage/groups.html", {"table": table, "looks": Look.objects.filter(department__in=mine)})


@access.open_to(*DESK)
def group(request: HttpRequest, pk: str) -> HttpResponse:
    """N complaints alike: what each says beyond the common words; ticks, one decision, one step and paper for each."""
    actor = access.actor_of(request)
    found = access.get(actor, Group, pk=pk)
    form = ActForm(request.POST or None)
    ticked = request.POST.getlist("number")
    if request.method == "POST" and form.is_valid():
        if not ticked:
            form.add_error(None, _("Tick the complaints that you decide. None is ticked for you."))
        else:
            _tell(request, acts.each(actor, _own(actor, found, ticked), _act(form)))
            return redirect(request.get_full_path())
    page = Paginator(queries.members(actor, found), PAGE).get_page(request.GET.get("page"))
    rows = queries.rows(str(found.pattern.text), page.object_list)
    audit.record_read(str(actor), f"triage.group:{found.pk}", ["text"], f"阅读同类投诉 {len(rows)} 件")
    context = {"one": found, "page": page, "rows": rows, "form": form, "ticked": ticked}
    return render(request, "triage/group.html", context, status=422 if form.errors else 200)


def _own(actor: Actor, found: Group, ticked: list[str]) -> list[str]:
    """Those ticked that stand in this group and are the actor's; every other is as one that does not exist."""
    return list(queries.members(actor, found).filter(number__in=ticked).values_list("number", flat=True))


def _act(form: ActForm) -> acts.Act:
    given = form.cleaned_data
    if given["act"] == TAKE:
        return acts.take
    if given["act"] == ACCEPT:
        return acts.accepting(given["contact_phone"])
    if given["act"] == REFUSE:
        return acts.refusing(given["ground"], given["reason"])
    return acts.set_apart


def _tell(request: HttpRequest, done: acts.Done) -> None:
    if done.done:
        messages.success(request, _("Done for %d complaints, each with its own step.") % len(done.done))
    for number, why in done.not_done[:LISTED]:
        messages.error(request, f"{number}: {why}")
    if len(done.not_done) > LISTED:
        messages.error(request, _("And %d more were not done.") % (len(done.not_done) - LISTED))
