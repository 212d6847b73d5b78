"""Making a report (for officers and owners alike), and the public check of its code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from chengxin.accounts import access
from chengxin.kernel import clock
from chengxin.records import actions, queries
from chengxin.records.actions.reporting import Asked
from chengxin.records.forms import ReportForm
from chengxin.records.reports import check
from chengxin.subjects.models import Subject


def answer_report(request: HttpRequest, subject: Subject, back: str) -> HttpResponse:
    """The form, or the PDF it asks for. It is handed out once; whoever needs it again makes another."""
    today = clock.today()
    form = ReportForm(request.POST or None, initial={"true_on": today, "known_on": today})
    if not form.is_valid():
        lines = len(queries.of_subject(subject))
        back_url = reverse(back, args=[subject.pk]) if back == "records:file" else reverse(back)
        context = {"subject": subject, "form": form, "back": back_url, "count": lines}
        return render(request, "records/report.html", context, status=422 if form.errors else 200)
    given = form.cleaned_data
    url = request.build_absolute_uri(reverse("records:check"))
    asked = Asked(given["purpose"], given["true_on"], given["known_on"], url)
    made, pdf = actions.make_report(access.actor_of(request), subject, asked)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{made.number}.pdf"'
    return answer


@access.open_to_all
def check_code(request: HttpRequest) -> HttpResponse:
    """Who holds a report asks whether it is genuine and still what the file says."""
    code = request.GET.get("code", "").strip().upper()[:19]
    return render(request, "records/check.html", {"code": code, "found": check(code) if code else None})
