"""What can go wrong with the exchange."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class SheetUnfit(ChengxinError):
    code = "exchange_sheet"
    status = 422
    what = {"zh": "表格不能导入。", "en": "The sheet cannot be imported."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请按模板更正后重新上传，原有数据没有变化。", "en": "Correct it by the template and upload again; nothing was changed."}


class AlreadyDecided(Conflict):
    code = "exchange_already_decided"
    what = {"zh": "该变更已经处理。", "en": "This change has been decided already."}
    why = {"zh": "每项变更只处理一次。", "en": "A change is decided once."}


class NothingNew(Conflict):
    code = "exchange_nothing_new"
    what = {"zh": "没有可以确认的结果。", "en": "There is nothing to confirm."}
    why = {"zh": "位置不在已给出的结果之内，或者已经确认。", "en": "The place is beyond what was given out, or it is confirmed already."}
    next = {"zh": "请使用结果列表中的位置。", "en": "Use a place of the list of results."}


class NotWaiting(Conflict):
    code = "exchange_row_not_waiting"
    what = {"zh": "该行的状态不允许这样办理。", "en": "The row is not in a state for this."}
    why = {
        "zh": "只有待更正的行可以放弃，只有已放弃且尚未到达的行可以恢复。",
        "en": "A row that waits may be dropped; one that was dropped and has not arrived may be taken back.",
    }
