"""Which pages the handbook shows: their picture's name, the chapter, who looks, and where."""

from __future__ import annotations

from dataclasses import dataclass

Places = dict[str, str]


@dataclass(frozen=True)
class Page:
    """`who` and `path` may hold names of Places in braces; `tall`: how many pixels of a long page the picture shows."""

    name: str
    chapter: str
    who: str
    path: str
    tall: int = 1100


PUBLIC, STAFF, OFFICER, SECURITY, SYSTEM = "", "staff.{platform}", "officer.samr", "secadmin", "sysadmin"

PAGES = (
    Page("home", "public", PUBLIC, "/"),
    Page("search", "public", PUBLIC, "/search/?q=示例蓝莓"),
    Page("search-nothing", "public", PUBLIC, "/search/?q=没有这家店"),
    Page("subject-card", "public", PUBLIC, "/subject/{subject}/"),
    Page("verify", "public", PUBLIC, "/verify/"),
    Page("log", "public", PUBLIC, "/log/", 900),
    Page("leaf", "public", PUBLIC, "/log/5/", 900),
    Page("about", "public", PUBLIC, "/about/"),
    Page("login", "merchant", PUBLIC, "/accounts/login/"),
    Page("merchant-home", "merchant", "merchant1", "/merchant/", 800),
    Page("merchant-file", "merchant", "merchant1", "/merchant/subjects/", 1300),
    Page("merchant-reads", "merchant", "merchant1", "/log/reads/", 800),
    Page("my-credit-file", "merchant", "merchant1", "/merchant/records/", 1300),
    Page("platform-home", "platform", STAFF, "/platform/"),
    Page("upload", "platform", STAFF, "/platform/report/"),
    Page("receipts", "platform", STAFF, "/platform/receipts/", 900),
    Page("receipt", "platform", STAFF, "{receipt}"),
    Page("receipt-errors", "platform", STAFF, "{faulty}"),
    Page("disagreements", "platform", STAFF, "/platform/disagreements/", 900),
    Page("shops", "platform", STAFF, "/platform/shops/", 1000),
    Page("shop", "platform", STAFF, "/platform/shops/{shop}/"),
    Page("shop-form", "platform", STAFF, "/platform/shops/new/"),
    Page("shop-import", "platform", STAFF, "/platform/shops/import/"),
    Page("shop-reverification", "platform", STAFF, "/platform/shops/reverification/", 900),
    Page("identity-reports", "platform", STAFF, "/identity-reports/", 900),
    Page("requests", "platform", STAFF, "/platform/requests/"),
    Page("request", "platform", STAFF, "{request}"),
    Page("today", "officer", OFFICER, "/officer/"),
    Page("queue", "officer", OFFICER, "/officer/clues/"),
    Page("clue", "officer", "{ring_officer}", "{ring}", 1400),
    Page("clue-parcels", "officer", "{parcels_officer}", "{parcels}", 1400),
    Page("clue-prices", "officer", "{prices_officer}", "{prices}", 1400),
    Page("reserve", "officer", OFFICER, "/officer/clues/reserve/", 900),
    Page("evidence", "officer", "{ring_officer}", "{ring}evidence/order/", 900),
    Page("dismiss", "officer", "{ring_officer}", "{ring}dismiss/"),
    Page("hand-over", "officer", "{ring_officer}", "{ring}hand-over/"),
    Page("ask", "officer", "{ring_officer}", "{ring}ask/"),
    Page("extend", "officer", "{ring_officer}", "{ring}extend/"),
    Page("register", "officer", OFFICER, "/officer/subjects/", 900),
    Page("subject", "officer", OFFICER, "/officer/subjects/{subject}/", 1300),
    Page("find-person", "officer", OFFICER, "/officer/subjects/person/", 700),
    Page("coverage", "officer", OFFICER, "/officer/subjects/coverage/", 900),
    Page("all-shops", "officer", OFFICER, "/officer/subjects/shops/", 900),
    Page("officer-shop", "officer", OFFICER, "/officer/subjects/shops/{shop}/"),
    Page("reverification", "officer", OFFICER, "/officer/subjects/reverification/", 900),
    Page("reports", "officer", OFFICER, "/officer/reports/"),
    Page("runs", "officer", OFFICER, "/officer/runs/"),
    Page("run", "officer", OFFICER, "{run}", 1000),
    Page("packages", "officer", OFFICER, "/officer/runs/local/", 900),
    Page("alike", "officer", OFFICER, "/officer/runs/alike/", 900),
    Page("verdict", "officer", "{ring_officer}", "{ring}verdict/", 1300),
    Page("models", "officer", OFFICER, "/officer/models/", 1300),
    Page("detector", "officer", OFFICER, "/officer/models/detectors/brushing/", 1400),
    Page("rules", "officer", OFFICER, "/officer/rules/", 1000),
    Page("rule", "officer", OFFICER, "/officer/rules/R001/1/", 1200),
    Page("records", "officer", OFFICER, "/officer/records/", 900),
    Page("credit-file", "officer", OFFICER, "/officer/records/subjects/{recorded}/", 1300),
    Page("record", "officer", OFFICER, "/officer/records/{record}/", 1200),
    Page("job", "officer", OFFICER, "{job}", 700),
    Page("leader-home", "leader", "leader", "/coordination/"),
    Page("admin-home", "administrator", SECURITY, "/admin/", 800),
    Page("people", "administrator", SECURITY, "/admin/people/", 900),
    Page("person", "administrator", SECURITY, "/admin/people/{person}/"),
    Page("new-person", "administrator", SECURITY, "/admin/people/new/"),
    Page("grants", "administrator", "secadmin2", "/admin/grants/", 800),
    Page("departments", "administrator", SECURITY, "/admin/departments/", 900),
    Page("clients", "administrator", SECURITY, "/admin/clients/", 800),
    Page("client", "administrator", SECURITY, "/admin/clients/{client}/"),
    Page("new-client", "administrator", SECURITY, "/admin/clients/new/"),
    Page("jobs", "administrator", SYSTEM, "/jobs/", 800),
    Page("given-up", "administrator", SYSTEM, "/jobs/given-up/", 700),
    Page("open-data", "public", PUBLIC, "/data/", 900),
    Page("stories", "public", PUBLIC, "/stories/", 800),
    Page("exchange", "officer", OFFICER, "/officer/exchange/", 900),
    Page("campaigns", "officer", OFFICER, "/officer/campaigns/", 900),
    Page("merchant-waiting", "merchant", "merchant1", "/inbox/waiting/", 900),
    Page("merchant-complaints", "merchant", "merchant1", "/merchant/complaints/", 800),
    Page("courier-inbox", "merchant", "courier1", "/merchant/delivery/", 900),
    Page("payer-events", "merchant", "payer1", "/merchant/payment-events/", 800),
    Page("reviewer-waiting", "decider", "reviewer.samr", "/inbox/waiting/", 900),
    Page("head-waiting", "decider", "head.samr", "/inbox/waiting/", 900),
    Page("leader-tasks", "leader", "leader", "/coordination/tasks/", 900),
    Page("leader-sheets", "leader", "leader", "/coordination/sheets/", 900),
    Page("inbox", "officer", OFFICER, "/inbox/", 700),
    Page("told", "officer", OFFICER, "/inbox/preferences/", 800),
    Page("figures", "developer", PUBLIC, "/complaints/figures/", 800),
)

# The pages a person opens on a phone are shown that way too.
MAIN = {"home", "subject-card", "today", "clue", "clue-parcels", "clue-prices", "receipt-errors", "requests", "merchant-file"}
