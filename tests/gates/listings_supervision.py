"""Lists of supervision's rooms for the access matrix: platforms, cases, inspections, official lists; see listings.py."""

from __future__ import annotations

from tests.gates import samples_cases as penalty
from tests.gates import samples_inspection as inspection
from tests.gates import samples_lists as lists
from tests.gates import samples_papers as papers
from tests.gates import samples_payments as payments
from tests.gates import samples_platforms as duties
from tests.gates.listings import EXPORTS, Listing, listing
from tests.gates.matrix import City

# ---- platforms


@listing("platforms:statements", "api:statements")
def public_measures(city: City) -> Listing:
    """The feed is everybody's."""
    a, b = city.once(duties.measures_of)
    return Listing(a.number, b.number, {"*": "all"}, ("action=W4",))


@listing("platforms:my_measures", "platforms:own_measures")
def own_measures(city: City) -> Listing:
    a, b = city.once(duties.measures_of)
    return Listing(a.number, b.number, queries=("state=PUBLISHED",))


@listing("platforms:measures")
def all_measures(city: City) -> Listing:
    a, b = city.once(duties.measures_of)
    return Listing(a.number, b.number, {"*": "all"}, ("state=PUBLISHED", "sort=-until"))


@listing("platforms:my_clues")
def reported_conduct(city: City) -> Listing:
    a, b = city.once(duties.clues_of)
    return Listing(a.report_no, b.report_no, queries=EXPORTS)


@listing("platforms:overview")
def platforms_waiting(city: City) -> Listing:
    """Every desk sees all platforms; what waits is the own department's."""
    a, b = city.once(duties.clues_of)
    return Listing(a.number, b.number)


@listing("platforms:duties", "api:duties")
def own_duties(city: City) -> Listing:
    city.once(duties.reports_of)
    return Listing(*city.platforms)


@listing("platforms:talks")
def talks(city: City) -> Listing:
    a, b = city.once(duties.interviews_of)
    return Listing(a.number, b.number)


@listing("platforms:rules")
def own_rules(city: City) -> Listing:
    a, b = city.once(duties.rules_of)
    return Listing(a.title, b.title)


@listing("documents:desk")
def own_papers(city: City) -> Listing:
    a, b = city.once(papers.papers_of)
    return Listing(a.number, b.number, queries=(*EXPORTS, "sort=-number"))


@listing("documents:mine")
def served_papers(city: City) -> Listing:
    a, b = city.once(penalty.served_of)
    return Listing(a.number, b.number, queries=(*EXPORTS, "sort=-number"))


# ---- cases


@listing("cases:desk")
def own_cases(city: City) -> Listing:
    a, b = city.once(penalty.cases_of)
    return Listing(a.number, b.number, queries=(*EXPORTS, "all=1", "sort=-number"))


@listing("cases:certificates")
def own_certificates(city: City) -> Listing:
    a, b = city.once(penalty.certificates_of)
    return Listing(a.number, b.number)


@listing("api:cases_of_departments")
def cases_for_programs(city: City) -> Listing:
    a, b = city.once(penalty.cases_of)
    return Listing(a.number, b.number)


# ---- inspections


@listing("inspection:desk")
def inspections(city: City) -> Listing:
    a, b = city.once(inspection.plans_of)
    return Listing(a.title, b.title)


@listing("api:inspection_plans")
def plans_for_programs(city: City) -> Listing:
    a, b = city.once(inspection.plans_of)
    return Listing(a.number, b.number)


@listing("api:inspection_visits")
def visits_for_programs(city: City) -> Listing:
    a, b = city.once(inspection.tasks_of)
    return Listing(a.number, b.number)


@listing("inspection:registers")
def inspectors(city: City) -> Listing:
    a, b = city.once(inspection.inspectors_of)
    return Listing(a[0].certificate, b[0].certificate)


@listing("inspection:my_warnings")
def warned(city: City) -> Listing:
    a, _, b, _ = city.once(inspection.warnings_of)
    return Listing(a.text, b.text)


# ---- lists


@listing("lists:desk")
def due_entries(city: City) -> Listing:
    a, b = city.once(lists.entries_of)
    return Listing(a.number, b.number)


@listing("lists:mine")
def own_entries(city: City) -> Listing:
    a, b = city.once(lists.entries_of)
    return Listing(a.facts, b.facts)


@listing("lists:platform_desk")
def own_platform_entries(city: City) -> Listing:
    a, b = city.once(lists.platform_entries_of)
    return Listing(a.facts, b.facts)


@listing("lists:mine_platform")
def entries_of_own_shops(city: City) -> Listing:
    a, b = city.once(lists.platform_entries_of)
    return Listing(a.facts, b.facts)


@listing("api:list_tasks")
def tasks_for_machines(city: City) -> Listing:
    a, b = city.once(lists.tasks_of)
    return Listing(str(a.pk), str(b.pk))


@listing("api:list_changes")
def changes_for_machines(city: City) -> Listing:
    a, b = city.once(lists.notices_of)
    return Listing(str(a.pk), str(b.pk), queries=("since=0",))


# ---- payments


@listing("payments:channels")
def payment_flags(city: City) -> Listing:
    """Every desk sees the flags and channels of all platforms."""
    a, b = city.once(payments.flags_of)
    return Listing(a.number, b.number, {"*": "all"}, (*EXPORTS, "state=OPEN"))


@listing("payments:my_channels", "api:payment_channels", "api:report_payment_channel")
def own_channels(city: City) -> Listing:
    city.once(payments.flags_of)
    return Listing("GQA001", "GQB001")


@listing("payments:mismatches")
def all_mismatches(city: City) -> Listing:
    a, b = city.once(payments.mismatches_of)
    return Listing(a.number, b.number, {"*": "all"}, (*EXPORTS, "state=NEW", "sort=-key"))


@listing("payments:my_mismatches", "payments:shop_mismatches", "api:payment_mismatches")
def own_mismatches(city: City) -> Listing:
    a, b = city.once(payments.mismatches_of)
    return Listing(a.number, b.number)


@listing("payments:events", "payments:my_events", "api:risk_events", "api:report_risk_event")
def own_risk_events(city: City) -> Listing:
    a, b = city.once(payments.events_of)
    return Listing(a.number, b.number)


@listing("payments:claims", "payments:my_claims", "api:payment_claims")
def own_claims(city: City) -> Listing:
    a, b = city.once(payments.claims_of)
    return Listing(a.number, b.number)
