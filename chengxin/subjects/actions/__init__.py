"""What changes the register: each verb in one transaction with its audit leaf."""

from chengxin.subjects.actions.identity import (
    exit_shop,
    first_look,
    pass_identity,
    refuse_identity,
    reopen_shop,
    resume_shop,
    second_look,
    send_back,
    start_check,
    submit_shop,
    suspend_shop,
)
from chengxin.subjects.actions.imports import import_rows, import_shops
from chengxin.subjects.actions.joining import ask_split, decide_same, decide_split, propose_same
from chengxin.subjects.actions.lapse import lapse_overdue
from chengxin.subjects.actions.licences import add_licence, check_licence
from chengxin.subjects.actions.parties import (
    add_identifier,
    change_subject,
    end_relation,
    register_courier_firm,
    register_courier_outlet,
    register_payment_org,
    register_platform,
    register_subject,
    relate,
    subject_of,
)
from chengxin.subjects.actions.reports import answer_rows, build_report, receive_report, send_report
from chengxin.subjects.actions.seen import note_shops_seen
from chengxin.subjects.actions.shops import Upserted, upsert_shop
from chengxin.subjects.actions.turnover import note_turnover

__all__ = [
    "Upserted",
    "add_identifier",
    "add_licence",
    "answer_rows",
    "ask_split",
    "build_report",
    "change_subject",
    "check_licence",
    "decide_same",
    "decide_split",
    "end_relation",
    "exit_shop",
    "first_look",
    "import_rows",
    "import_shops",
    "lapse_overdue",
    "note_shops_seen",
    "note_turnover",
    "pass_identity",
    "propose_same",
    "receive_report",
    "refuse_identity",
    "register_courier_firm",
    "register_courier_outlet",
    "register_payment_org",
    "register_platform",
    "register_subject",
    "relate",
    "reopen_shop",
    "resume_shop",
    "second_look",
    "send_back",
    "send_report",
    "start_check",
    "subject_of",
    "submit_shop",
    "suspend_shop",
    "upsert_shop",
]
