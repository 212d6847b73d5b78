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


class NoFolder(ChengxinError):
    code = "no_lake_folder"
    status = 404
    what = {"zh": "没有可用的数据文件夹。", "en": "There is no folder to work with."}
    why = {
        "zh": "“{folder}”不存在，或其中没有以数据种类命名的 Parquet（如 order.parquet 或 order/）。",
        "en": "“{folder}” does not exist, or holds no Parquet named by a kind of fact (such as order.parquet or order/).",
    }
    next = {
        "zh": "请用 chengxin lake 由普通报送文件生成，或对照 docs/operate/detect.md。",
        "en": "Make one from ordinary reports with `chengxin lake`, or compare it with docs/operate/detect.md.",
    }


class UnfitFile(ChengxinError):
    code = "unfit_lake_file"
    status = 422
    what = {"zh": "数据文件“{path}”不合要求。", "en": "The file “{path}” is not in the lake's form."}
    why = {"zh": "{why_zh}。", "en": "{why_en}."}
    next = {
        "zh": "请更正该文件后重试；列的含义见 docs/operate/detect.md。没有生成任何结果。",
        "en": "Correct the file and try again; docs/operate/detect.md says what each column is. Nothing was written.",
    }


class UnknownForm(ChengxinError):
    code = "unknown_form_of_findings"
    status = 422
    what = {"zh": "不能写成这种文件。", "en": "Findings cannot be written as this kind of file."}
    why = {"zh": "“{path}”的后缀不是：{known}。", "en": "“{path}” does not end in one of: {known}."}
    next = {"zh": "请改用上述后缀之一。", "en": "Use one of these endings."}


class BadSetting(ChengxinError):
    code = "bad_detector_setting"
    status = 422
    what = {"zh": "参数“{given}”有误。", "en": "The setting “{given}” is not valid."}
    why = {"zh": "{why_zh}。", "en": "{why_en}."}
    next = {
        "zh": "写法：模型.参数=值，参数见模型的 detector.yaml。",
        "en": "Write DETECTOR.PARAMETER=VALUE; the parameters are in the detector's detector.yaml.",
    }
