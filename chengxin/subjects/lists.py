"""The register's lists: shops, the re-verification queue, subjects, coverage, reports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chengxin import workflow
from chengxin.kernel import clock, language
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.law import law
from chengxin.subjects import queries, vocabulary
from chengxin.subjects.models import IdentityReportRow, Licence, Platform

COLOURS = {
    "VERIFIED": "green",
    "DUE_REVERIFY": "red",
    "NEEDS_FIX": "red",
    "REJECTED": "red",
    "SEEN": "red",
    "SUSPENDED": "amber",
    "SUBMITTED": "amber",
    "CHECKING": "accent",
}


HAPPENED = {
    "subjects.subject.registered": {"zh": "主体登记", "en": "Subject registered"},
    "subjects.subject.changed": {"zh": "主体信息变更", "en": "Subject changed"},
    "subjects.identifier.added": {"zh": "增加其他号码", "en": "Number added"},
    "subjects.same.proposed": {"zh": "提出同一主体认定", "en": "Proposed to be one with another entry"},
    "subjects.same.joined": {"zh": "认定为同一主体", "en": "Judged to be one with another entry"},
    "subjects.same.refused": {"zh": "同一主体认定退回", "en": "Not judged to be one"},
    "subjects.same.split_asked": {"zh": "提出撤销同一主体认定", "en": "Proposed to be split"},
    "subjects.same.split": {"zh": "撤销同一主体认定", "en": "Split again"},
    "subjects.same.kept": {"zh": "维持同一主体认定", "en": "Kept as one"},
    "subjects.relation.added": {"zh": "增加关联关系", "en": "Relation added"},
    "subjects.relation.ended": {"zh": "终止关联关系", "en": "Relation ended"},
    "subjects.shop.registered": {"zh": "网店登记", "en": "Shop registered"},
    "subjects.shop.changed": {"zh": "网店信息变更", "en": "Shop changed"},
    "subjects.shop.reminded": {"zh": "发出到期提醒", "en": "Reminder sent"},
    "subjects.shop.over_100k": {"zh": "年交易额超十万元标示", "en": "Marked over 100,000 yuan"},
    "subjects.licence.recorded": {"zh": "证照登记", "en": "Licence recorded"},
    "subjects.licence.checked": {"zh": "证照核对", "en": "Licence checked"},
    "subjects.licence.expired": {"zh": "证照到期", "en": "Licence expired"},
}

SOURCES = {"form": {"zh": "登记表", "en": "entry form"}, "platform": {"zh": "平台报送", "en": "reported by a platform"}}

STATUS: dict[str, dict[str, str]] = {
    "active": {"zh": "存续", "en": "active"},
    "abnormal": {"zh": "经营异常", "en": "abnormal"},
    "revoked": {"zh": "吊销", "en": "revoked"},
    "cancelled": {"zh": "注销", "en": "cancelled"},
}


def state_name(code: str) -> str:
    """A workflow state in the reader's language."""
    return language.pick(workflow.load("subjects/shop_identity").states[code])


def happened(action: str) -> str:
    """What a log entry of the register says to people; the workflow's own words for its steps."""
    step = workflow.load("subjects/shop_identity").step(action.removeprefix("subjects.shop."))
    return language.pick(step) if step else language.pick(HAPPENED.get(action, {"zh": action, "en": action}))


def article(clock_id: str) -> str:
    """The article a legal clock comes from, as it is cited."""
    book = law.at(clock.today())
    return language.pick(book.cited(book.clock(clock_id).provision))


def category_names(codes: list[str]) -> str:
    """Categories of goods in the reader's language."""
    return ", ".join(language.pick(vocabulary.categories()[code]) for code in codes)


def kind_name(code: str) -> str:
    """A kind of subject in the reader's language."""
    return language.pick(law.at(clock.today()).codes("subject_kind")[code])


def division_name(code: str) -> str:
    """A division of the city in words; the code of a place elsewhere."""
    return next((language.pick(one) for one in law.at(clock.today()).divisions() if one.code == code), code)


def source_name(source: str) -> str:
    """By which door an entry came, in the reader's language."""
    return language.pick(SOURCES.get(source, {"zh": source, "en": source}))


def states() -> list[tuple[str, str]]:
    return [(code, state_name(code)) for code in workflow.load("subjects/shop_identity").states]


def kinds() -> list[tuple[str, str]]:
    return [(code, kind_name(code)) for code in "123456"]


def platforms() -> list[tuple[str, str]]:
    return list(Platform.objects.values_list("code", "name"))


def due_colour(shop: Any) -> str:
    return law.clock_colour(shop.next_due_on, clock.today()) if shop.next_due_on else ""


def in_force(licence: Licence) -> bool:
    """Whether a licence holds today."""
    return licence.status == "valid" and (licence.expires_on is None or licence.expires_on >= clock.today())


def licence_status(licence: Licence) -> dict[str, str]:
    """A licence's status as it is today, whatever the nightly job has got to."""
    shown = "expired" if licence.status == "valid" and not in_force(licence) else licence.status
    return {
        "valid": {"zh": "有效", "en": "in force"},
        "expired": {"zh": "已到期", "en": "expired"},
        "suspended": {"zh": "暂扣", "en": "suspended"},
        "revoked": {"zh": "吊销", "en": "revoked"},
        "cancelled": {"zh": "注销", "en": "cancelled"},
    }[shown]


def _by_text(rows: Any, value: str) -> Any:
    return rows.filter(Q(pk__in=queries.search_shops(value).values("pk")) | Q(shop_id__startswith=value))


def _registered(rows: Any, value: str) -> Any:
    return rows.filter(registered=value == "yes")


def _urgent(rows: Any, value: str) -> Any:
    today = clock.today()
    asked = {
        "overdue": Q(state="DUE_REVERIFY") | Q(state="VERIFIED", next_due_on__lt=today),
        "licence": Q(licence_expires_on__lt=today),
        "over_100k": Q(over_100k=True),
    }
    return rows.filter(asked.get(value, Q()))


def _yes(value: bool) -> dict[str, str]:
    return {"zh": "是", "en": "yes"} if value else {"zh": "否", "en": "no"}


SHOP_COLUMNS = [
    Column(
        "state",
        _("State"),
        kind="tag",
        sort="state",
        value=lambda row: state_name(row.state),
        colour=lambda row: COLOURS.get(row.state, ""),
    ),
    Column("next_due_on", _("Verify again by"), kind="clock", sort="next_due_on", colour=due_colour),
    Column("licence_expires_on", _("Licence until"), kind="date", sort="licence_expires_on"),
    Column("registered", _("Registered"), sort="registered", value=lambda row: _yes(row.registered)),
    Column("over_100k", _("Over 100,000 yuan"), sort="over_100k", value=lambda row: _yes(row.over_100k)),
]
SHOP_FILTERS = [
    Filter("q", _("Name, code, link or shop id"), kind="text", apply=_by_text),
    Filter("state", _("State"), choices=states),
    Filter("registered", _("Registered"), choices=[("yes", _("Yes")), ("no", _("No"))], apply=_registered),
    Filter(
        "urgent",
        _("Attention"),
        choices=[("overdue", _("Verification overdue")), ("licence", _("Licence ended")), ("over_100k", _("Over 100,000 yuan"))],
        apply=_urgent,
    ),
]
PLATFORM = Column("platform.name", _("Platform"), sort="platform__code")


def _shops(name: str, link: str, caption: Any, *, sort: str = "next_due_on") -> Table:
    first = [
        Column("shop_id", _("Shop id"), kind="mono", sort="shop_id", link=link),
        Column("name", _("Shop"), sort="name", link=link, value=str),
        Column("subject.name", _("Subject"), sort="subject__name"),
    ]
    platform = [PLATFORM] if link == "officer_page" else []
    filters = [*SHOP_FILTERS, Filter("platform__code", _("Platform"), choices=platforms)] if platform else SHOP_FILTERS
    return Table(
        name=name,
        caption=caption,
        columns=[*first, *platform, *SHOP_COLUMNS],
        filters=filters,
        sort=sort,
        empty=_("No shop yet"),
        empty_next=_("Register shops one by one, import a sheet, or send them by API."),
    )


SHOPS = _shops("shops", "platform_page", _("Shops"))
ALL_SHOPS = _shops("shops", "officer_page", _("Shops"))
QUEUE = _shops("reverification", "platform_page", _("Shops to verify"))
SUBJECT_SHOPS = replace(
    ALL_SHOPS,
    name="subject-shops",
    filters=(),
    columns=[one for one in ALL_SHOPS.columns if one.key not in ("subject.name", "licence_expires_on")],  # said on the page already
)
OFFICER_QUEUE = _shops("reverification", "officer_page", _("Shops to verify"))


def _subjects_by_text(rows: Any, value: str) -> Any:
    return rows.filter(pk__in=[one.pk for one in queries.search_subjects(value)])


SUBJECTS = Table(
    name="subjects",
    caption=_("Subjects"),
    columns=[
        Column("name", _("Name"), sort="name", link="officer_page"),
        Column("uscc", _("Unified social credit code"), kind="mono", sort="uscc"),
        Column("kind", _("Kind"), sort="kind", value=lambda row: kind_name(row.kind)),
        Column("legal_rep", _("Legal representative"), sort="legal_rep"),
        Column("division", _("Division"), kind="mono", sort="division"),
        Column("status", _("Status"), kind="tag", sort="status", value=lambda row: STATUS[row.status]),
        Column("verified_at", _("Verified"), kind="date", sort="verified_at"),
    ],
    filters=[
        Filter("q", _("Name, code, link or shop id"), kind="text", apply=_subjects_by_text),
        Filter("kind", _("Kind"), choices=kinds),
        Filter("status", _("Status"), choices=lambda: [(code, language.pick(text)) for code, text in STATUS.items()]),
    ],
    sort="name",
    empty=_("The register is empty"),
    empty_next=_("Platforms register their shops; each brings its subject."),
)

COVERAGE = Table(
    name="coverage",
    caption=_("Coverage by platform"),
    columns=[
        Column("platform_name", _("Platform"), sort="platform_name"),
        Column("percent", _("Verified and current, %"), kind="tag", sort="percent", colour=lambda row: str(row.colour)),
        Column("shops", _("Open shops"), kind="number", sort="shops"),
        Column("verified", _("Verified"), kind="number", sort="verified"),
        Column("overdue", _("Overdue"), kind="number", sort="overdue"),
        Column("licence_expired", _("Licence ended"), kind="number", sort="licence_expired"),
        Column("needs_fix", _("To be corrected"), kind="number", sort="needs_fix"),
        Column("seen", _("Never registered"), kind="number", sort="seen"),
        Column("due_30", _("Due within 30 days"), kind="number", sort="due_30"),
        Column("over_100k", _("Over 100,000 yuan"), kind="number", sort="over_100k"),
    ],
    sort="percent",
    empty=_("No shop yet"),
    empty_next=_("Platforms register their shops; each brings its subject."),
)

LICENCES = Table(
    name="licences",
    caption=_("Licences"),
    columns=[
        Column("kind", _("Licence"), sort="kind", value=lambda row: vocabulary.licence_kinds()[row.kind]),
        Column("number", _("Number"), kind="mono", sort="number"),
        Column("issuer", _("Issuer")),
        Column("expires_on", _("Valid until"), kind="date", sort="expires_on"),
        Column("status", _("Status"), kind="tag", value=licence_status, colour=lambda row: "green" if in_force(row) else "red"),
        Column("last_checked_at", _("Last checked"), kind="time"),
        Column("official_query_url", _("Official record"), kind="mono"),
    ],
    empty=_("No licence on file"),
)


RECEIPTS = {
    "pending": {"zh": "待答复", "en": "waiting"},
    "accepted": {"zh": "已接收", "en": "accepted"},
    "rejected": {"zh": "已退回", "en": "rejected"},
}


def _reasons(row: IdentityReportRow) -> str:
    return language.together(language.pick(one) for one in row.reasons)


REPORT_ROWS = Table(
    name="identity-report",
    caption=_("Rows of the report"),
    columns=[
        Column("row", _("Row"), kind="number", sort="row"),
        Column("shop.shop_id", _("Shop id"), kind="mono", sort="shop__shop_id"),
        Column("shop.name", _("Shop"), sort="shop__name"),
        Column("shape", _("Registered"), sort="shape", value=lambda row: vocabulary.report_shapes()[row.shape]),
        Column(
            "receipt",
            _("Receipt"),
            kind="tag",
            sort="receipt",
            value=lambda row: RECEIPTS[row.receipt],
            colour=lambda row: {"accepted": "green", "rejected": "red"}.get(row.receipt, ""),
        ),
        Column("reasons", _("Reasons"), value=_reasons),
    ],
    filters=[Filter("receipt", _("Receipt"), choices=lambda: [(code, language.pick(text)) for code, text in RECEIPTS.items()])],
    sort="row",
)


def _doubles_by_text(rows: list[Any], value: str) -> list[Any]:
    return [row for row in rows if value in row["name"] or value in row["other"]]


POSSIBLE = Table(
    name="possibly-same",
    caption=_("Entries that may be one subject"),
    columns=[
        Column("name", _("Entry without a code"), sort="name", link="url"),
        Column("other", _("May be the same as"), sort="other", link="url"),
        Column("uscc", _("Unified social credit code"), kind="mono"),
        Column("verdict", _("Names"), kind="tag", colour=lambda row: str(row["colour"])),
        Column("score", _("Score"), kind="number", sort="score"),
        Column("why", _("Reasons")),
    ],
    filters=[Filter("q", _("Name"), kind="text", apply=_doubles_by_text)],
    sort="-score",
    empty=_("No entry without a code resembles another"),
    empty_next=_("Nothing is to be done. New entries are compared whenever this page is opened."),
)
