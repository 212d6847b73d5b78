"""Everybody's door: complain or report without an account, follow it by the code, say whether it is solved; figures of shops.

The code is asked by POST and then stands in the session, so that it gets into no address and no log.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.consumers import actions, finding, forms, lists, papers, queries
from chengxin.consumers.models import Complaint, Filing, Report
from chengxin.consumers.models.complaints import AGREED, AT_WORK, BOTH, ENDED, FOLLOW_UP, MONEY, NEED_ID, SETTLED, VIOLATION, WAITING, WANTS
from chengxin.documents import actions as documents
from chengxin.kernel.errors import ChengxinError, NotFound

FOLLOWED = "consumers.filing"
LETTERS = 4  # of the code between hyphens
TALKING = (AGREED, SETTLED, ENDED, FOLLOW_UP)


@access.open_to_all
def new(request: HttpRequest) -> HttpResponse:
    """The first question; then the form of its answer. The address takes shop, order, product, lot, gtin and trace to fill in."""
    wants = request.GET.get("wants", "")
    if wants not in WANTS:
        return render(request, "consumers/start.html", {"answers": first_question(), "prefill": request.GET.urlencode()})
    initial = {field: request.GET.get(name, "")[:300] for name, field in forms.PREFILL.items()}
    form = forms.FilingForm(wants, request.POST or None, request.FILES or None, initial=initial)
    form.initial["shop"] = _shop_words(initial["shop"])
    if form.is_valid() and (made := _filed(request, form)):
        request.session[FOLLOWED] = str(made.filing.pk)
        return render(request, "consumers/filed.html", {"made": made, "code": spaced(made.code)})
    return render(request, "consumers/new.html", {"form": form, "wants": wants}, status=422 if form.errors else 200)


def first_question() -> list[tuple[str, str]]:
    """Do you want your money back, do you report a violation, or both?"""
    return [
        (MONEY, _("I want my money back or the goods put right")),
        (VIOLATION, _("I report a violation")),
        (BOTH, _("Both: two files, each with its own result")),
    ]


def spaced(code: str) -> str:
    """The code as it is read out: four letters at a time."""
    return "-".join(code[at : at + LETTERS] for at in range(0, len(code), LETTERS))


def _shop_words(text: str) -> str:
    """A shop's id from the life line becomes its name, or its link where another has the name too."""
    known = finding.shop_of(text)
    if known is None:
        return text
    return str(known) if finding.shop_of(str(known)) == known else str(known.pk)


def _filed(request: HttpRequest, form: forms.FilingForm) -> actions.Filed | None:
    given = form.given
    shop, platform = finding.shop_of(given["shop"]), finding.platform_of(given["platform"])
    named = given["respondent_name"] or ("" if shop else given["shop"])
    user = access.actor_of(request)
    try:
        return actions.file(
            {**given, "shop": shop, "platform": platform, "respondent_name": named},
            given["photos"],
            actor=access.ANONYMOUS if user.departments else user,
        )
    except ChengxinError as error:
        form.add_error(None, str(error))
        return None


def _numbers(filing: Filing) -> dict[str, Any]:
    return {"complaint": Complaint.objects.filter(filing=filing).first(), "report": Report.objects.filter(filing=filing).first()}


@access.open_to_all
def follow(request: HttpRequest) -> HttpResponseBase:
    """Ask for the code. Every wrong one gets the same answer."""
    form = forms.CodeForm(request.POST or None)
    if form.is_valid():
        request.session[FOLLOWED] = str(actions.by_code(form.cleaned_data["code"]).pk)
        return redirect("consumers:mine")
    return render(request, "consumers/follow.html", {"form": form}, status=422 if form.errors else 200)


def _followed(request: HttpRequest) -> Filing | None:
    return Filing.objects.filter(pk=request.session[FOLLOWED]).first() if request.session.get(FOLLOWED) else None


@access.open_to_all
def mine(request: HttpRequest) -> HttpResponseBase:
    """Where it stands, the clock in words, each paper, the answers, and the complainant's own steps."""
    filing = _followed(request)
    if filing is None:
        return redirect("consumers:follow")
    context: dict[str, Any] = {"filing": filing, **_numbers(filing)}
    complaint: Complaint | None = context["complaint"]
    if complaint is not None:
        context |= {**lists.page(complaint), **_complaint_context(request, filing, complaint)}
        if context.pop("done"):
            return redirect("consumers:mine")
    if context["report"]:
        context["of_report"] = lists.page(context["report"])
    wrong = any(one.errors for one in context.values() if isinstance(one, Form))
    return render(request, "consumers/mine.html", context, status=422 if wrong else 200)


def _complaint_context(request: HttpRequest, filing: Filing, complaint: Complaint) -> dict[str, Any]:
    act, state = request.POST.get("act", ""), complaint.state
    word = forms.WordForm(request.POST if act == "unsolved" and state != ENDED else None)
    identity = forms.IdentityForm(*_posted(request, act == "identity"))
    more = forms.MoreFilesForm(*_posted(request, act == "files"))
    done = _act(request, filing, complaint, act, {"word": word, "identity": identity, "more": more})
    return {
        "done": done,
        "word": word,
        "identity": identity,
        "more": more,
        "answers": complaint.answers.prefetch_related("promises").select_related("rating"),
        "promises": lists.promise_rows(complaint.promises.all()),
        "papers": queries.papers_of(filing),
        "forms_hold": papers.in_force(complaint),
        "ground": lists.ground(complaint.ground),
        "said": lists.WORDS[complaint.word],
        "may_say": state in (*AT_WORK, *TALKING),
        "may_reopen": state in TALKING,
        "may_withdraw": state in WAITING,
        "needs_id": state == NEED_ID,
        "may_add": state in (*WAITING, *AT_WORK),
        "ended": complaint.ground.startswith("T"),
    }


def _posted(request: HttpRequest, yes: bool) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if yes else (None, None)


def _act(request: HttpRequest, filing: Filing, complaint: Complaint, act: str, given: dict[str, Any]) -> bool:
    """The complainant's act of this page; what went wrong stands on the page."""
    try:
        if act == "solved":
            actions.say(filing, True)
        elif act == "unsolved" and complaint.ground.startswith("T"):
            actions.say(filing, False)
        elif act == "unsolved" and given["word"].is_valid():
            actions.say(filing, False, given["word"].cleaned_data["text"])
        elif act == "identity" and given["identity"].is_valid():
            _identified(filing, given["identity"].cleaned_data)
        elif act == "files" and given["more"].is_valid():
            actions.add_evidence(filing, given["more"].cleaned_data["photos"])
        elif act == "withdraw":
            actions.withdraw(filing)
        elif act in ("kept", "broken"):
            actions.say_of_promise(filing, _id(request, "promise"), act == "kept")
        elif act == "rate":
            actions.rate(filing, _id(request, "answer"), _stars(request))
        else:
            return False
    except ChengxinError as error:
        messages.error(request, str(error))
        return True
    messages.success(request, _("Done."))
    return True


def _identified(filing: Filing, given: dict[str, Any]) -> None:
    actions.give_identity(filing, given["id_kind"], given["id_number"], given["photos"])


def _id(request: HttpRequest, name: str) -> str:
    """An id from a hidden field; a malformed one is nobody's."""
    try:
        return str(UUID(request.POST.get(name, "")))
    except ValueError as cause:
        raise NotFound from cause


def _stars(request: HttpRequest) -> int:
    text = request.POST.get("stars", "")
    return int(text) if text.isascii() and text.isdigit() else 0


@access.open_to_all
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A paper of the followed complaint as PDF; the reading is logged. NotFound for everything else."""
    filing = _followed(request)
    found = next((one for one in queries.papers_of(filing) if one.pk == pk), None) if filing else None
    if found is None:
        raise NotFound
    __, data = documents.read(access.system("consumers.follow"), found.pk, "投诉人凭查询码查看文书")
    answer = HttpResponse(data, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.form}.pdf"'
    return answer


@access.open_to_all
def leave(request: HttpRequest) -> HttpResponse:
    """Forget the code on this device."""
    if request.method == "POST":
        request.session.pop(FOLLOWED, None)
    return redirect("consumers:follow")


@access.open_to_all
def figures(request: HttpRequest) -> HttpResponse:
    """Closed and verified complaints: figures per shop, and those whose complainant agreed to publication."""
    table = lists.PUBLISHED.view(request.GET, queries.published())
    if table.export:
        return table.export_response()
    return render(request, "consumers/figures.html", {"table": table, "figures": queries.figures()})
