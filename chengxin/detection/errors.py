from __future__ import annotations

from chengxin.kernel.errors import ChengxinError


class UnknownDetector(ChengxinError):
    code = "unknown_detector"
    status = 422
    what = {"zh": "没有名为“{name}”的监测模型。", "en": "There is no detector named “{name}”."}
    why = {"zh": "可用的模型：{known}。", "en": "The detectors there are: {known}."}
    next = {"zh": "请从列表中选择。", "en": "Pick one from the list."}


class NothingToLookAt(ChengxinError):
    code = "nothing_to_look_at"
    status = 409
    what = {"zh": "所选时段没有可供监测的报送数据。", "en": "There are no reported facts in this period."}
    why = {"zh": "时段：{since} 至 {until}。", "en": "The period was {since} to {until}."}
    next = {"zh": "请先报送订单、寄递或价格数据，或改选时段。", "en": "Report orders, parcels or prices first, or choose another period."}


class RunWentMad(ChengxinError):
    """A volume assertion failed: more findings than any honest city could have means that the detector or the data is wrong."""

    code = "run_went_mad"
    status = 409
    what = {"zh": "监测结果数量异常，本次运行已中止。", "en": "The run was stopped: it found implausibly much."}
    why = {
        "zh": "模型“{detector}”在 {shops} 家网店中命中 {hit} 家，超过上限 {limit}。",
        "en": "Detector “{detector}” hit {hit} of {shops} shops; its limit is {limit}.",
    }
    next = {
        "zh": "没有生成任何线索。请核对报送数据和模型参数后重试。",
        "en": "No clue was opened. Check the reported data and the parameters.",
    }
