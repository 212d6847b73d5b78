"""The archive: every paper of the case with its pages and hash, in order; from then on the case is read only."""

from __future__ import annotations

from chengxin import workflow
from chengxin.cases import papers
from chengxin.cases.actions.issuing import issue
from chengxin.cases.actions.taking import TABLE, Taking, effect
from chengxin.cases.models import ArchivedPaper, CaseStep


@effect("archive")
def archive(taking: Taking, step: CaseStep) -> None:
    """Write the list; `papers.archive_file` gives the whole as one file and compares the hashes."""
    table, page = workflow.load(TABLE), 1
    for place, paper in enumerate(papers.of(taking.case, table, taking.actor), start=1):
        ArchivedPaper.objects.create(
            case=taking.case,
            place=place,
            title_zh=paper.title["zh"][:200],
            title_en=paper.title["en"][:200],
            number=paper.number,
            first_page=page,
            pages=paper.pages,
            sha256=paper.sha256,
            step=paper.step,
        )
        page += paper.pages
    listed = taking.case.archive.all()
    told = [
        {"place": str(one.place), "number": one.number, "title": one.title_zh, "pages": f"{one.first_page}-{one.last_page}"}
        for one in listed
    ]
    issue(taking, step, papers.LIST, {"archive_lines": told})
