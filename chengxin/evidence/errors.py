"""What can go wrong with evidence."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class TooLarge(ChengxinError):
    code = "exhibit_too_large"
    status = 413
    what = {"zh": "证据文件过大。", "en": "The file is too large."}
    why = {"zh": "单个文件不超过{most}MB，该文件为{size}MB。", "en": "One file has at most {most} MB; this one has {size} MB."}
    next = {"zh": "请分段提取后分别入库，各自计算校验值。", "en": "Take it in parts and enter each by itself, with its own hash."}


class EmptyFile(ChengxinError):
    code = "exhibit_empty"
    status = 422
    what = {"zh": "证据文件是空的。", "en": "The file is empty."}


class TypeUnlike(ChengxinError):
    code = "exhibit_type"
    status = 422
    what = {"zh": "文件内容与所称类型不符。", "en": "The file is not what it is said to be."}
    why = {"zh": "所称类型为{stated}，实际内容为{found}。", "en": "It is said to be {stated}, but its content is {found}."}
    next = {"zh": "请上传原始文件，不要改扩展名。", "en": "Upload the original file under its own name."}


class NotHolder(Conflict):
    code = "exhibit_not_holder"
    what = {"zh": "该证据现不由您保管。", "en": "You do not hold this exhibit now."}
    why = {"zh": "目前的保管人是{holder}，只能由保管人移交。", "en": "{holder} holds it; only the holder hands it over."}


class SameHolder(Conflict):
    code = "exhibit_same_holder"
    what = {"zh": "不能移交给本人。", "en": "An exhibit is not handed over to oneself."}


class CaptureRefused(ChengxinError):
    code = "capture_refused"
    status = 422
    what = {"zh": "网页未能固定。", "en": "The page was not captured."}
    why = {"zh": "{reason_zh}。", "en": "{reason_en}."}
    next = {
        "zh": "请核对网址后重试；也可以截图后作为文件上传。",
        "en": "Check the address and try again, or upload a screenshot as a file.",
    }


class NoReplay(ChengxinError):
    code = "exhibit_no_replay"
    status = 422
    what = {"zh": "该证据没有可以回放的网页。", "en": "There is no page to replay in this exhibit."}
    next = {"zh": "请下载原始文件查看。", "en": "Open the original file instead."}
