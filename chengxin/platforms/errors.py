"""What can go wrong with platforms' duties, measures and talks."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class ContentWrong(ChengxinError):
    code = "platform_content"
    status = 422
    what = {"zh": "填报内容有误。", "en": "The content is not valid."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请更正后重新提交。", "en": "Correct it and send it again."}


class SamePerson(ChengxinError):
    code = "platform_same_person"
    status = 403
    what = {"zh": "须由另一人办理。", "en": "Another person does this step."}
    why = {"zh": "提出的人不能自己决定、核实或者验收。", "en": "Who prepared a matter does not decide, verify or accept it."}
    next = {"zh": "请由另一位同事办理。", "en": "Have a colleague do it."}


class MachineAnswer(ChengxinError):
    code = "platform_machine_answer"
    status = 403
    what = {"zh": "申诉须由人工复核。", "en": "An appeal is answered by a person."}
    why = {"zh": "接口程序不能答复申诉（令第116号第十九条）。", "en": "A program may not answer an appeal (order 116 art. 19)."}
    next = {"zh": "请由平台工作人员登录后办理。", "en": "Have a person of the platform sign in and answer."}


class NumberTaken(Conflict):
    code = "platform_number_taken"
    what = {"zh": "编号 {number} 已用于另一内容。", "en": "The number {number} was used for something else."}
    why = {"zh": "同一编号只能对应同一内容。", "en": "One number stands for one content."}
    next = {"zh": "请核对编号；内容有变的，另行编号重新作出。", "en": "Check the number; a different measure gets a number of its own."}


class AppealOpen(Conflict):
    code = "platform_appeal_open"
    what = {"zh": "该措施的申诉正在处理。", "en": "An appeal against this measure is open."}
    why = {"zh": "同一措施一次只能有一项未办结的申诉。", "en": "One appeal of a measure is open at a time."}


class ReportWaiting(Conflict):
    code = "platform_report_waiting"
    what = {"zh": "该项义务已有待核实的自报。", "en": "A self-report on this duty waits to be verified."}
    why = {"zh": "同一义务一次只能有一份待核实的自报。", "en": "One self-report of a duty waits at a time."}


class AlreadyDecided(Conflict):
    code = "platform_already_decided"
    what = {"zh": "该事项已经处理。", "en": "This has been decided already."}
    why = {"zh": "每一事项只能处理一次。", "en": "Each is decided once."}
