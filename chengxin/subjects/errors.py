"""What the register refuses, and why. Identifier refusals name the place, the character and the expected check character."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict, Forbidden

_COPY = {"zh": "请对照证照原件重新输入。", "en": "Enter it again from the original certificate."}


class IdentifierRefused(ChengxinError):
    """An identifier that cannot be right; `field` says which kind it is."""

    code = "identifier_refused"
    status = 422
    what = {"zh": "号码不正确。", "en": "The number is not right."}
    next = _COPY


class UsccRefused(IdentifierRefused):
    what = {"zh": "统一社会信用代码不正确。", "en": "The unified social credit code is not right."}


class UsccLength(UsccRefused):
    code = "uscc_length"
    why = {"zh": "应为 18 位，现有 {length} 位（GB 32100）。", "en": "It has 18 characters, here there are {length} (GB 32100)."}


class OldNumberAsPrimary(UsccRefused):
    code = "uscc_old_number"
    why = {
        "zh": "这是 15 位的旧注册号，只能作为辅助号码登记。",
        "en": "This is an old 15-digit registration number; it is kept only as a secondary number.",
    }
    next = {
        "zh": "请填写营业执照上的 18 位统一社会信用代码；旧号填入“其他号码”。",
        "en": "Enter the 18-character code of the business licence; put the old number under “other numbers”.",
    }


class UsccLetter(UsccRefused):
    code = "uscc_letter"
    why = {
        "zh": "第 {position} 位是“{character}”，代码中不使用字母 I、O、Z、S、V（GB 32100）。",
        "en": "Character {position} is “{character}”; the letters I, O, Z, S and V are never used (GB 32100).",
    }
    next = {
        "zh": "请看原件，该位很可能是“{likely}”。",
        "en": "Look at the original: that character is most likely “{likely}”.",
    }


class UsccCharacter(UsccRefused):
    code = "uscc_character"
    why = {
        "zh": "第 {position} 位是“{character}”，只能是数字或大写字母（不含 I、O、Z、S、V）。",
        "en": "Character {position} is “{character}”; only digits and capital letters (without I, O, Z, S, V) are used.",
    }


class UsccDivision(UsccRefused):
    code = "uscc_division"
    why = {
        "zh": "第 3 至 8 位是登记机关的行政区划码，应全为数字；第 {position} 位是“{character}”。",
        "en": "Characters 3 to 8 are the registrar's division code, digits only; character {position} is “{character}”.",
    }


class UsccCheck(UsccRefused):
    code = "uscc_check"
    why = {
        "zh": "校验码不符：按前 17 位计算，第 18 位应为“{expected}”，现为“{character}”。",
        "en": "The check character is wrong: the first 17 give “{expected}”, here it is “{character}”.",
    }
    next = {
        "zh": "其中至少有一位输错或两位颠倒，请对照营业执照逐位核对。",
        "en": "At least one character is wrong or two are swapped; compare each with the business licence.",
    }


class IdRefused(IdentifierRefused):
    what = {"zh": "身份证号码不正确。", "en": "The resident identity number is not right."}


class IdLength(IdRefused):
    code = "id_length"
    why = {"zh": "应为 18 位，现有 {length} 位（GB 11643）。", "en": "It has 18 characters, here there are {length} (GB 11643)."}


class IdCharacter(IdRefused):
    code = "id_character"
    why = {
        "zh": "第 {position} 位是“{character}”；前 17 位应为数字，第 18 位为数字或 X。",
        "en": "Character {position} is “{character}”; the first 17 are digits, the last is a digit or X.",
    }


class IdDivision(IdRefused):
    code = "id_division"
    why = {"zh": "前 6 位 {division} 不是曾经使用的行政区划码。", "en": "The first six digits, {division}, were never a division code."}


class IdDate(IdRefused):
    code = "id_date"
    why = {
        "zh": "第 7 至 14 位 {digits} 不是可能的出生日期。",
        "en": "Digits 7 to 14, {digits}, are not a possible date of birth.",
    }


class IdCheck(IdRefused):
    code = "id_check"
    why = {
        "zh": "校验码不符：按前 17 位计算，第 18 位应为“{expected}”，现为“{character}”。",
        "en": "The check character is wrong: the first 17 digits give “{expected}”, here it is “{character}”.",
    }


class GtinRefused(IdentifierRefused):
    what = {"zh": "商品条码不正确。", "en": "The product barcode (GTIN) is not right."}
    next = {"zh": "请对照包装上的条码重新输入。", "en": "Enter it again from the barcode on the package."}


class GtinLength(GtinRefused):
    code = "gtin_length"
    why = {"zh": "应为 8、12、13 或 14 位数字，现有 {length} 位。", "en": "It has 8, 12, 13 or 14 digits, here there are {length}."}


class GtinCharacter(GtinRefused):
    code = "gtin_character"
    why = {"zh": "第 {position} 位是“{character}”，应全为数字。", "en": "Character {position} is “{character}”; only digits are used."}


class GtinCheck(GtinRefused):
    code = "gtin_check"
    why = {
        "zh": "校验码不符：最后一位应为 {expected}，现为 {character}。",
        "en": "The check digit is wrong: the last digit should be {expected}, here it is {character}.",
    }


class PhoneRefused(IdentifierRefused):
    code = "phone_refused"
    what = {"zh": "电话号码不正确。", "en": "The telephone number is not right."}
    why = {
        "zh": "应为 11 位手机号、带区号的固定电话或 400/800 号码。",
        "en": "It is an 11-digit mobile number, a landline with its area code, or a 400/800 number.",
    }
    next = {"zh": "请改为可以接通的号码。", "en": "Enter a number that can be reached."}


class WebAddressRefused(IdentifierRefused):
    code = "web_address_refused"
    what = {"zh": "网址不正确。", "en": "The web address is not right."}
    why = {"zh": "应以 http:// 或 https:// 开头并带有域名。", "en": "It starts with http:// or https:// and has a host name."}
    next = {
        "zh": "请从浏览器地址栏复制；没有网址的店铺请用文字说明进入路径。",
        "en": "Copy it from the browser; a shop without an address is described by its path in words.",
    }


class DemoIdentifier(IdentifierRefused):
    code = "demo_identifier"
    what = {"zh": "这是演示用号码。", "en": "This is a demonstration number."}
    why = {
        "zh": "{field} 使用了为演示保留的号段（区划 230499、18xx 年出生、条码前缀 952、电话 100、.example），正式系统不接受。",
        "en": "{field} is in a range kept for demonstrations (division 230499, births in 18xx, GTIN 952, phones 100, .example); "
        "a live system does not accept it.",
    }


class ConsumerNotRegistrable(Forbidden):
    code = "consumer_not_registrable"
    what = {"zh": "消费者不能登记为信用主体。", "en": "A consumer is not registered as a credit subject."}
    why = {
        "zh": "本平台不对消费者评价、评分或列名单（个人信息保护法第六条）。",
        "en": "This platform does not evaluate, score or list consumers (personal information protection law, art. 6).",
    }
    next = {"zh": "消费者只作为投诉人或举报人办理。", "en": "Consumers appear only as complainants or reporters."}


class SameSubject(Conflict):
    code = "subject_exists"
    what = {"zh": "该主体已登记。", "en": "This subject is already registered."}
    why = {"zh": "统一社会信用代码或证件号码已存在。", "en": "The code or document number is on the register."}
    next = {"zh": "请在已有主体上办理变更。", "en": "Change the existing subject instead."}


class FieldRefused(ChengxinError):
    """One field of an entry; `field` names the column."""

    code = "field_refused"
    status = 422
    what = {"zh": "“{label_zh}”填写有误。", "en": "“{label_en}” is not right."}
    why = {"zh": "{reason_zh}", "en": "{reason_en}"}
    next = {"zh": "{remedy_zh}", "en": "{remedy_en}"}


class EntryRefused(ChengxinError):
    """An entry with one or more refused fields; `problems` lists field, value, reason and remedy of each."""

    code = "entry_refused"
    status = 422
    what = {"zh": "登记内容有 {count} 处需要更正。", "en": "{count} fields need correction."}
    why = {"zh": "{first_zh}", "en": "{first_en}"}
    next = {"zh": "请按逐项说明更正后重新提交。", "en": "Correct each as it says and send again."}


class WrongSheet(ChengxinError):
    code = "wrong_sheet"
    status = 422
    what = {"zh": "表格不能导入。", "en": "The sheet cannot be imported."}
    why = {"zh": "{reason_zh}", "en": "{reason_en}"}
    next = {"zh": "请下载模板，按模板的列填写。", "en": "Download the template and fill in its columns."}


class ShopClosed(Conflict):
    code = "shop_closed"
    what = {"zh": "该店铺已退出。", "en": "This shop has left the platform."}
    why = {
        "zh": "退出于 {closed_on}；退出后资料保存三年，不再变更。",
        "en": "It left on {closed_on}; its data are kept three years and not changed.",
    }
    next = {"zh": "重新入驻请使用新的店铺编号。", "en": "A returning shop gets a new shop id."}


class SecondPersonNeeded(Forbidden):
    code = "second_person_needed"
    what = {"zh": "复核须由另一人完成。", "en": "The second look needs another person."}
    why = {
        "zh": "人工比对证照图片须两人完成，您已做过第一次核对。",
        "en": "Comparing an image takes two people, and you took the first look.",
    }
    next = {"zh": "请由另一名工作人员登录后复核。", "en": "Ask a colleague to sign in and take the second look."}


class NoFirstLook(Conflict):
    code = "no_first_look"
    why = {"zh": "还没有第一次核对。", "en": "Nobody has taken the first look."}
    next = {"zh": "请先完成第一次核对。", "en": "Take the first look first."}


class ChecksFailed(ChengxinError):
    code = "identity_checks_failed"
    status = 422
    what = {"zh": "身份核验没有通过。", "en": "The identity did not pass its checks."}
    why = {"zh": "{first_zh}", "en": "{first_en}"}
    next = {"zh": "请补正后重新核验，或退回经营者修改。", "en": "Correct it and verify again, or send it back to the merchant."}


class VerificationDate(ChengxinError):
    code = "verification_date"
    status = 422
    what = {"zh": "核验日期不正确。", "en": "The day of verification is not right."}
    why = {"zh": "{day} 在今天之后。", "en": "{day} is in the future."}


class ReportNotReady(ChengxinError):
    code = "identity_report_not_ready"
    status = 422
    what = {"zh": "身份信息报送还不能提交。", "en": "The identity report cannot be sent yet."}
    why = {"zh": "{reason_zh}", "en": "{reason_en}"}
    next = {"zh": "请更正相应店铺的资料后重新生成。", "en": "Correct those shops and build the report again."}


class ReportSent(Conflict):
    code = "identity_report_sent"
    what = {"zh": "该期身份信息已经报送。", "en": "The identity report of this period has been sent."}
    why = {"zh": "{year} 年 {month} 月的报送已提交，不能重新生成。", "en": "The report of {year}-{month} was sent and is not built again."}
    next = {"zh": "被退回的行请更正后单独补报。", "en": "Correct rejected rows and answer them one by one."}


class LicenceOfAnother(Conflict):
    code = "licence_of_another"
    what = {"zh": "该许可证号已登记在其他主体名下。", "en": "This licence number is registered for another subject."}
    why = {
        "zh": "同一许可证号不能用于两个主体（{kind} {number}）。",
        "en": "One licence number cannot serve two subjects ({kind} {number}).",
    }
    next = {"zh": "请核对证号；如确属冒用，请报告市场监管部门。", "en": "Check the number; report a misuse to the market regulator."}


class TooLarge(ChengxinError):
    code = "file_too_large"
    status = 413
    what = {"zh": "文件过大。", "en": "The file is too large."}
    why = {"zh": "单个文件不超过 {most} MB。", "en": "One file has at most {most} MB."}
    next = {"zh": "请拆成几个文件上传。", "en": "Split it and upload the parts."}


class NotAnImage(ChengxinError):
    code = "not_an_image"
    status = 422
    what = {"zh": "这不是证照图片。", "en": "This is not an image of a certificate."}
    why = {"zh": "只接受 JPEG 和 PNG 图片。", "en": "Only JPEG and PNG images are taken."}
    next = {"zh": "请拍照或扫描证照后重新上传。", "en": "Photograph or scan the certificate and upload it again."}


class CannotBeOne(ChengxinError):
    code = "subjects_cannot_be_one"
    status = 422
    what = {"zh": "这两个登记条目不能认定为同一主体。", "en": "These two entries cannot be one subject."}
    why = {
        "zh": "统一社会信用代码或者证件号码不同，或者一个是自然人、一个是登记主体；有代码的条目应作为保留条目。",
        "en": "Their numbers differ, or one is a person and one is registered; the entry that has a code is the one to keep.",
    }
    next = {"zh": "请核对两个条目的号码；登记有误的先更正条目。", "en": "Compare their numbers; correct an entry first if it is wrong."}


class AlreadyOne(Conflict):
    code = "subjects_already_one"
    what = {"zh": "该条目已经认定或者正在认定。", "en": "This entry is joined already, or is about to be."}
    why = {"zh": "一个条目只能归到一个主体。", "en": "An entry is shown under one other only."}
    next = {"zh": "请先处理原有认定，或者撤销后重新提出。", "en": "Decide the judgement that waits, or split it first."}


class NotThePerson(Forbidden):
    code = "subjects_same_person"
    what = {"zh": "须由另一人决定。", "en": "Another person decides this."}
    why = {"zh": "提出人不能复核自己的认定。", "en": "Who proposed it does not confirm it."}
    next = {"zh": "请同事复核。", "en": "Ask a colleague."}


class TooManyNames(ChengxinError):
    code = "too_many_names"
    status = 422
    what = {"zh": "一次比对的名称过多。", "en": "Too many names at once."}
    why = {"zh": "一次最多 {most} 个名称，现有 {count} 个。", "en": "At most {most} names are compared at once, here are {count}."}
    next = {"zh": "请分几次提交。", "en": "Send them in several parts."}
