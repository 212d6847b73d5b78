"""What can go wrong when the law is asked: an unknown name, a rule not in force on the day, a calendar that is not there."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError


class LawUnknown(ChengxinError):
    """No entry of this kind has this id, on any day."""

    code = "law_unknown"
    status = 500
    what = {"zh": "法规库中没有“{id}”。", "en": "The law data have no “{id}”."}
    why = {"zh": "查询的类别是 {kind}。", "en": "It was looked up among {kind}."}
    next = {
        "zh": "请核对编号；如确需新增，请在法规库中登记并注明出处。",
        "en": "Check the id; if it is new, enter it in the law data with its source.",
    }


class NotInForce(ChengxinError):
    """The entry exists, but no version of it is in force on the book's day."""

    code = "law_not_in_force"
    status = 409
    what = {"zh": "“{id}”在 {day} 没有有效规定。", "en": "“{id}” is not in force on {day}."}
    why = {"zh": "有效期为：{periods}。", "en": "It is or was in force: {periods}."}
    next = {"zh": "请按事件发生日期选用规定。", "en": "Pick the rule by the day of the event."}


class ClockNeedsTime(ChengxinError):
    """A clock in hours was asked with a day only."""

    code = "clock_needs_time"
    status = 422
    what = {"zh": "期限“{id}”以小时计算，需要时点。", "en": "The clock “{id}” counts hours and needs an instant."}
    next = {"zh": "请提供带时区的起算时点。", "en": "Give the instant it starts from, with its time zone."}


class PauseNotAllowed(ChengxinError):
    """Time may be left out of a clock only for the events that its provision names."""

    code = "pause_not_allowed"
    status = 422
    what = {"zh": "“{event}”期间不能从期限“{id}”中扣除。", "en": "The time of “{event}” cannot be left out of the clock “{id}”."}
    why = {"zh": "依规定可扣除的情形：{allowed}。", "en": "The provision lets these be left out: {allowed}."}
    next = {"zh": "请核对暂停事由。", "en": "Check the reason of the pause."}


class CalendarMissing(ChengxinError):
    """Working days of a year before the table begins cannot be counted."""

    code = "calendar_missing"
    status = 409
    what = {"zh": "缺少 {year} 年工作日历。", "en": "There is no working-day calendar for {year}."}
    why = {"zh": "工作日历自 {first} 年起收录。", "en": "The table starts in {first}."}
    next = {"zh": "请先补录该年度放假调休安排。", "en": "Enter that year's holiday notice first."}


class LawDataBroken(ChengxinError):
    """A law file does not hold together (found when it is read, never later)."""

    code = "law_data_broken"
    status = 500
    what = {"zh": "法规数据有误：{file}。", "en": "The law data are broken: {file}."}
    why = {"zh": "{reason}", "en": "{reason}"}
    next = {"zh": "请修正该文件。", "en": "Correct that file."}
