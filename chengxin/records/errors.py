"""What can go wrong with the credit file."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class ContentWrong(ChengxinError):
    code = "record_content"
    status = 422
    what = {"zh": "记录内容有误。", "en": "The record's content is not valid."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请对照决定文书更正后重新提交。", "en": "Correct it against the decision document and send it again."}


class SamePerson(ChengxinError):
    code = "record_same_person"
    status = 403
    what = {"zh": "不能复核本人录入的事项。", "en": "You may not confirm what you entered yourself."}
    why = {"zh": "录入与复核须由不同的人完成。", "en": "Entering and confirming are done by two people."}
    next = {"zh": "请由本部门的另一位同事复核。", "en": "Have another colleague of the department confirm it."}


class AlreadyDecided(Conflict):
    code = "record_already_decided"
    what = {"zh": "该事项已经处理。", "en": "This has been decided already."}
    why = {"zh": "每一事项只能处理一次。", "en": "Each is decided once."}


class AlreadyEnded(Conflict):
    code = "record_already_ended"
    what = {"zh": "该记录已被更正或撤回。", "en": "This record has been superseded or withdrawn."}
    why = {"zh": "只能对现行记录提出更正、撤回或异议。", "en": "Only a record that stands can be corrected, withdrawn or objected to."}


class ChangeWaiting(Conflict):
    code = "record_change_waiting"
    what = {"zh": "该记录已有待复核的更正或撤回。", "en": "A change of this record waits to be confirmed."}
    why = {"zh": "同一记录一次只能有一项待复核的变更。", "en": "One change of a record waits at a time."}
    next = {"zh": "请先在“信用记录”页面处理该事项。", "en": "Have it decided first, on the page of credit records."}


class ObjectionOpen(Conflict):
    code = "record_objection_open"
    what = {"zh": "该记录已有办理中的异议。", "en": "An objection to this record is being examined."}
    why = {"zh": "同一记录一次只能有一件办理中的异议。", "en": "One objection to a record is examined at a time."}


class TooLate(Conflict):
    code = "record_objection_too_late"
    what = {"zh": "已超过提出异议的期限。", "en": "The period for objecting is over."}
    why = {"zh": "异议须在{due}前提出（{article}）。", "en": "An objection had to be made by {due} ({article})."}
    next = {"zh": "可以依法申请行政复议或者提起行政诉讼。", "en": "You may still ask for administrative review or go to court."}


class NoCorrection(Conflict):
    code = "record_no_correction"
    what = {"zh": "没有可以确认的更正记录。", "en": "There is no corrected record to confirm."}
    why = {
        "zh": "选择“更正”前，须先由另一位同事录入更正后的记录。",
        "en": "A colleague enters the corrected record before “correct” can be chosen.",
    }
    next = {"zh": "请先录入更正记录，或者选择撤回原记录。", "en": "Have the corrected record entered first, or withdraw the record."}


class OwnRecord(ChengxinError):
    code = "record_own_objection"
    status = 403
    what = {"zh": "不能处理针对本人经办记录的异议。", "en": "You may not decide an objection to a record you made."}
    why = {
        "zh": "异议须由未参与录入、复核该记录的人员决定。",
        "en": "An objection is decided by somebody who neither entered nor confirmed the record.",
    }
    next = {"zh": "请由本部门其他人员办理。", "en": "Have another person of the department decide."}
