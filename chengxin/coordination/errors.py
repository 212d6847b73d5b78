"""What can go wrong with plans, tasks and meetings."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class ContentWrong(ChengxinError):
    code = "coordination_content"
    status = 422
    what = {"zh": "填报内容有误。", "en": "The content is not valid."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请更正后重新提交。", "en": "Correct it and send it again."}


class SamePerson(ChengxinError):
    code = "coordination_same_person"
    status = 403
    what = {"zh": "须由另一人办理。", "en": "Another person does this step."}
    why = {"zh": "上一步由您办理，本步须由他人核对。", "en": "You took the step before; somebody else checks it."}
    next = {"zh": "请由领导小组办公室的另一位同事办理。", "en": "Have a colleague of the leading group's office do it."}


class AlreadyDone(Conflict):
    code = "coordination_already_done"
    what = {"zh": "该事项已经处理。", "en": "This has been done already."}
    why = {"zh": "每一事项只能处理一次。", "en": "Each is done once."}


class NotLate(Conflict):
    code = "coordination_not_late"
    what = {"zh": "任务尚未逾期，不能督办。", "en": "The task is not late; it cannot be supervised."}
    why = {"zh": "任务期限为 {due}。", "en": "It is due on {due}."}
    next = {"zh": "逾期后再办理督办。", "en": "Come back once it is late."}


class AnswerPending(Conflict):
    code = "coordination_answer_pending"
    what = {"zh": "督办答复期限尚未届满。", "en": "The period to answer the supervision letter is not over."}
    why = {"zh": "承办部门可以在 {due} 前答复。", "en": "The department may answer until {due}."}
    next = {"zh": "请在期限届满后再办理下一步。", "en": "Take the next step after that day."}


class PeriodOpen(Conflict):
    code = "coordination_period_open"
    what = {"zh": "{period} 尚未结束，不能定稿。", "en": "{period} is not over; its figures cannot be frozen."}
    why = {"zh": "指标只对已结束的月份或者季度定稿。", "en": "Only a month or quarter that is over is frozen."}
