"""The platform's door: recalls to tell its buyers of, and its listings without a code."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from chengxin.accounts import access
from chengxin.kernel.errors import NotFound
from chengxin.products import actions, categories, forms, lists
from chengxin.products.access import STAFF
from chengxin.products.models import RecallTask
from chengxin.products.views.merchant import said
from chengxin.subjects.models import Platform


@access.open_to(STAFF)
def my_recalls(request: HttpRequest) -> HttpResponse:
    """Recalls that concern my platform's buyers, the most urgent first."""
    actor = access.actor_of(request)
    mine = access.all(actor, RecallTask).filter(platform__code__in=actor.platforms).select_related("recall__batch__product")
    table = lists.TASKS.view(request.GET, mine.annotate(told=Count("notices")))
    return table.export_response() if table.export else render(request, "products/my_recalls.html", {"table": table})


@access.open_to(STAFF)
def my_recall(request: HttpRequest, number: str) -> HttpResponse:
    """One of them: the orders whose buyers are to be told, and the report that they were."""
    actor = access.actor_of(request)
    task = access.get(actor, RecallTask, number=number, platform__code__in=actor.platforms)
    told = set(task.notices.values_list("order_no", flat=True))
    left = [order for order in task.orders if order not in told]
    if request.GET.get("export") == "csv":
        named = {"Content-Disposition": f'attachment; filename="{number}.csv"'}
        return HttpResponse("order_no\n" + "\n".join(left) + "\n", content_type="text/csv; charset=utf-8", headers=named)
    form = forms.NoticesForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        same = {"way": given["way"], "told_at": given["told_at"], "proof": given["proof"]}
        notices = [{"order_no": order, **same} for order in dict.fromkeys(given["orders"].split())]
        if said(request, lambda: actions.report_notices(actor, number, notices), form):
            return redirect(task.platform_url)
    context = {"task": task, "recall": task.recall, "left": left, "told": len(told), "form": form, "colour": lists.colour(task)}
    return render(request, "products/my_recall.html", context, status=422 if form.errors else 200)


@access.open_to(STAFF)
def listings(request: HttpRequest) -> HttpResponse:
    """My listings of the seven categories that carry no code."""
    actor = access.actor_of(request)
    found = Platform.objects.filter(code__in=actor.platforms).order_by("code").first()
    if found is None:
        raise NotFound
    table = lists.LISTINGS.view(request.GET, categories.listings_without_code(found.code))
    return table.export_response() if table.export else render(request, "products/listings.html", {"table": table})
