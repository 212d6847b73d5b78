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


class AmountsOutOfRange(ChengxinError):
    code = "amounts_out_of_range"
    status = 422
    what = {"zh": "数据中的金额不可能属实。", "en": "Amounts of money in the data cannot be true."}
    why = {
        "zh": "{kind} 的 {column} 最大为 {found} 分，超过一笔交易可能的上限 {most} 分，多半是单位有误。",
        "en": "{column} of {kind} goes up to {found} fen, more than any trade can be ({most} fen); its unit is probably wrong.",
    }
    next = {
        "zh": "金额须为整数分，请更正数据后重试。没有生成任何结果。",
        "en": "Amounts are whole fen. Correct the data and try again. Nothing was written.",
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


class LearningExtraMissing(ChengxinError):
    code = "learning_extra_missing"
    status = 409
    what = {"zh": "本机没有安装学习组件。", "en": "The learning extra is not installed here."}
    why = {
        "zh": "训练和使用模型需要可选的梯度提升树库；其余功能不受影响。",
        "en": "Models need an optional library of boosted trees; all else works without.",
    }
    next = {"zh": "请由运维人员执行：{extra}，然后重试。", "en": "Let the operator run: {extra}, then try again."}


class TooFewVerdicts(ChengxinError):
    code = "too_few_verdicts"
    status = 409
    what = {"zh": "核查结论还不够，暂不能训练。", "en": "There are too few verdicts to learn from."}
    why = {
        "zh": "可用结论 {verdicts} 条（属实 {confirmed}，无害 {harmless}）；至少需要 {least} 条，且两类各 {each} 条。",
        "en": "{verdicts} count ({confirmed} confirmed, {harmless} harmless); {least} are needed, {each} of each.",
    }
    next = {"zh": "请继续核查线索并记录结论。", "en": "Go on checking clues and record what they turn out to be."}


class ModelNotThere(ChengxinError):
    code = "model_not_there"
    status = 404
    what = {"zh": "没有这个模型。", "en": "There is no such model."}
    next = {"zh": "请从列表重新进入。", "en": "Start again from the list."}


class ModelNotWaiting(ChengxinError):
    code = "model_not_waiting"
    status = 409
    what = {"zh": "模型当前状态不允许该操作。", "en": "The model's present state does not allow this."}
    why = {"zh": "当前状态：{state_zh}。", "en": "It is {state_en}."}
    next = {"zh": "请刷新页面查看最新状态。", "en": "Reload the page to see the present state."}


class NotBetter(ChengxinError):
    code = "model_not_better"
    status = 409
    what = {"zh": "该模型不优于简单排序，不能提请启用。", "en": "The model does not beat the trivial rankings, so it cannot be proposed."}
    why = {
        "zh": "在留出的结论上，{model} 没有比每一种简单排序都更准。",
        "en": "On the held-back verdicts {model} is not better than each of them.",
    }
    next = {"zh": "请积累更多结论后重新训练。", "en": "Train again when there are more verdicts."}


class SamePersonForModel(ChengxinError):
    code = "model_same_person"
    status = 409
    what = {"zh": "提请人与启用人不能是同一人。", "en": "Who proposed the model may not put it in use."}
    why = {"zh": "模型影响办案顺序，须由另一人复核。", "en": "A model changes the order of work; another person must look at it."}
    next = {"zh": "请由另一名负责人办理。", "en": "Another head must do it."}


class ModelFileChanged(ChengxinError):
    code = "model_file_changed"
    status = 409
    what = {"zh": "模型文件缺失或与记录不符，未使用。", "en": "The model's file is missing or not what was trained; it was not used."}
    why = {"zh": "{model} 的文件哈希与登记值不一致。", "en": "The hash of {model}'s file is not the recorded one."}
    next = {"zh": "请停用该模型并重新训练，或从备份恢复文件。", "en": "Retire it and train again, or restore the file from a backup."}
