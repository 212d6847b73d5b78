"""What can go wrong with products, codes, links and recalls."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class ContentWrong(ChengxinError):
    code = "product_content"
    status = 422
    what = {"zh": "填报内容有误。", "en": "The content is not valid."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请更正后重新提交。", "en": "Correct it and send it again."}


class CodeWrong(ChengxinError):
    code = "digital_link"
    status = 400
    what = {"zh": "不是有效的商品码。", "en": "This is not a valid product code."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请重新扫描包装上的二维码，或者核对数字。", "en": "Scan the code on the pack again, or check the digits."}


class NotRegistered(ChengxinError):
    code = "product_unknown"
    status = 404
    what = {"zh": "该商品未在本市登记。", "en": "This product is not registered here."}
    why = {
        "zh": "没有登记不等于商品有问题，也可能是外地商品或者经营者尚未登记。",
        "en": "That says nothing bad of it: it may come from elsewhere, or its maker has not registered it yet.",
    }
    next = {
        "zh": "请查看包装上的生产者和许可证号，或者在首页按店铺名称查询。",
        "en": "Look at the maker and licence number on the pack, or look the shop up by name on the home page.",
    }


class NoSuchLink(ChengxinError):
    code = "link_type"
    status = 404
    what = {"zh": "该商品没有这一类链接。", "en": "The product has no link of this type."}
    why = {"zh": "已有的类型：{there}。", "en": "There are: {there}."}
    next = {"zh": "请换一种 linkType，或者不指定。", "en": "Ask for another linkType, or for none."}


class GtinTaken(Conflict):
    code = "gtin_taken"
    what = {"zh": "商品条码 {gtin} 已经登记。", "en": "The GTIN {gtin} is registered already."}
    why = {"zh": "一个条码只对应一种商品。", "en": "One GTIN stands for one product."}
    next = {"zh": "请核对条码；如被他人占用，请联系监管部门。", "en": "Check it; if another holds it, tell the authority."}


class LotTaken(Conflict):
    code = "lot_taken"
    what = {"zh": "批号 {lot} 已经登记。", "en": "The lot {lot} is registered already."}
    why = {"zh": "同一商品的批号不能重复。", "en": "A lot of one product is registered once."}
    next = {"zh": "请换一个批号，或者打开已登记的批次。", "en": "Use another lot, or open the one that is there."}


class AlreadyDone(Conflict):
    code = "product_already_done"
    what = {"zh": "该事项已经办理。", "en": "This has been done already."}
    why = {"zh": "每一步只能办理一次。", "en": "Each step is taken once."}


class OpenRecall(Conflict):
    code = "recall_open"
    what = {"zh": "该批次已有未完成的召回。", "en": "A recall of this batch is open already."}
    why = {"zh": "一个批次同时只能有一项召回。", "en": "A batch has one open recall at a time."}
    next = {"zh": "请打开已有的召回办理。", "en": "Open the one that is there."}


class SamePerson(ChengxinError):
    code = "recall_same_person"
    status = 403
    what = {"zh": "召回须由另一人签发。", "en": "Another person issues a recall."}
    why = {"zh": "起草人不能签发自己起草的召回。", "en": "Who drafted it may not issue it."}
    next = {"zh": "请由审核人员或者负责人签发。", "en": "Ask a reviewer or the head."}


class WrongSheet(ChengxinError):
    code = "product_sheet"
    status = 422
    what = {"zh": "表格未导入。", "en": "The sheet was not imported."}
    why = {"zh": "{why_zh}", "en": "{why_en}"}
    next = {"zh": "请更正后重新导入；未导入任何一行。", "en": "Correct it and import again. No row was taken in."}
