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


class BadPackage(ChengxinError):
    code = "bad_local_package"
    status = 422
    what = {"zh": "结果包不合要求，未接收。", "en": "The package is not in form; it was not accepted."}
    why = {"zh": "不合要求之处：{reason}。", "en": "It is wrong at: {reason}."}
    next = {
        "zh": "请用同一版本的 chengxin-local 重新生成；包中不得有个人信息。",
        "en": "Make it again with the same version of chengxin-local; a package holds nothing personal.",
    }


class UnsignedPackage(ChengxinError):
    code = "local_package_unsigned"
    status = 403
    what = {"zh": "结果包必须签名。", "en": "A package has to be signed."}
    why = {"zh": "请求未携带签名（RFC 9421）。", "en": "The request carries no signature (RFC 9421)."}
    next = {"zh": "请先登记公钥，再用 chengxin-local send 发送。", "en": "Have your public key registered and send with chengxin-local."}


class NoHome(ChengxinError):
    code = "no_local_home"
    status = 404
    what = {"zh": "“{folder}”不是 chengxin-local 的工作目录。", "en": "“{folder}” is no folder of chengxin-local."}
    next = {"zh": "请先执行 chengxin-local init，或用 --home 指定。", "en": "Run `chengxin-local init` first, or name it with --home."}


class HomeThere(ChengxinError):
    code = "local_home_there"
    status = 409
    what = {"zh": "“{folder}”已初始化。", "en": "“{folder}” is set up already."}
    why = {"zh": "其中的密钥不能覆盖。", "en": "Its keys must not be overwritten."}
    next = {"zh": "请换一个目录。", "en": "Take another folder."}


class NoRun(ChengxinError):
    code = "no_local_run"
    status = 404
    what = {"zh": "“{folder}”中没有运行“{name}”。", "en": "There is no run “{name}” in “{folder}”."}
    next = {"zh": "请先执行 chengxin-local run。", "en": "Run `chengxin-local run` first."}


class CityRefused(ChengxinError):
    code = "city_refused"
    status = 502
    what = {"zh": "监管平台没有接受请求（{status}）。", "en": "The city did not take the request ({status})."}
    why = {"zh": "{said}", "en": "{said}"}
    next = {"zh": "请按提示处理后重试；重复发送不会重复登记。", "en": "Do what it says and try again; sending twice counts once."}


class ReceiptFalse(ChengxinError):
    code = "receipt_false"
    status = 502
    what = {"zh": "回执验证不通过。", "en": "The receipt does not verify."}
    why = {
        "zh": "不是 {city} 的日志所签，或内容被改动。",
        "en": "It was not signed by the log of {city} as known at init, or was altered.",
    }
    next = {"zh": "请与监管部门核对日志公钥。", "en": "Compare the log's public key with the authority."}


class PeriodTooShort(ChengxinError):
    code = "seeded_period_too_short"
    status = 422
    what = {"zh": "期间太短，无法植入检验案例。", "en": "The period is too short for seeded cases."}
    why = {"zh": "至少需要 {least} 天。", "en": "It takes {least} days at least."}
    next = {"zh": "请选择更长的期间。", "en": "Choose a longer period."}


class CasesFail(ChengxinError):
    """What the city's own detectors would not find must not be held against a platform."""

    code = "seeded_cases_fail"
    status = 409
    what = {"zh": "抽取的检验案例未通过本机复核，没有登记。", "en": "The cases drawn failed the city's own check; nothing was recorded."}
    why = {
        "zh": "本机模型漏出 {missing} 个，误报 {false} 个。",
        "en": "The city's own detectors missed {missing} and named {false} wrongly.",
    }
    next = {"zh": "请重新抽取；如再次出现，请联系运维人员。", "en": "Draw again; if it happens again, tell the operator."}


class AlreadyRevealed(ChengxinError):
    code = "seeded_already_revealed"
    status = 409
    what = {"zh": "该组检验案例已经公布。", "en": "These cases are revealed already."}
    next = {"zh": "请刷新页面。", "en": "Reload the page."}
