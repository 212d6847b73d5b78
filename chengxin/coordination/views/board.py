"""The leading group's first page: how each measure of the plan is doing. A department sees its own part."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.coordination import board as boards
from chengxin.coordination import drawing, queries
from chengxin.coordination.access import BOARD, departments_of, sees_all
from chengxin.coordination.models import ACCUSED, Task
from chengxin.kernel import clock

MOST_OVERDUE = 10


@access.open_to(*BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """Eighteen measures with live indicators, what is overdue, departments × measures, the city's divisions."""
    actor = access.actor_of(request)
    everything = sees_all(actor)
    rows = access.all(actor, Task)
    measures = boards.measures(None if everything else departments_of(actor), rows)
    late = queries.overdue(rows)
    context = {
        "measures": measures,
        "total": sum(one.counted.total for one in measures),
        "done": sum(one.counted.done for one in measures),
        "late": sum(one.counted.late for one in measures),
        "held": rows.filter(late__in=ACCUSED).count(),
        "overdue": [
            {"one": one, "turn": queries.whose_turn(one), "days": queries.days_late(one, clock.today())} for one in late[:MOST_OVERDUE]
        ],
        "everything": everything,
        "today": clock.today(),
        "month": boards.this_month()[0],
    }
    if everything:
        counts = boards.city_counts()
        context |= {
            "heat": boards.heat(),
            "map": drawing.city_map(counts, _("Open complaints by division")),
            "counts": sum(counts.values()),
        }
    return render(request, "coordination/board.html", context)
