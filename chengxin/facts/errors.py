"""What may go wrong with a whole report; what is wrong with single rows is in reasons.yaml."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class UnknownKind(ChengxinError):
    code = "unknown_kind"
    status = 404
    what = {"zh": "没有这种报送数据。", "en": "There is no such kind of report."}
    why = {"zh": "“{kind}”不在数据种类中：{known}。", "en": "“{kind}” is not one of: {known}."}
    next = {"zh": "请在报送页选择一种，或查看手册“报送数据”。", "en": "Choose one on the upload page, or see “Facts” in the handbook."}


class UnknownFormat(ChengxinError):
    code = "unknown_format"
    status = 415
    what = {"zh": "不支持这种文件格式。", "en": "This file format is not supported."}
    why = {"zh": "收到“{format}”，可用：{known}。", "en": "Got “{format}”; known are {known}."}
    next = {
        "zh": "请用模板另存为 xlsx、CSV，或按接口文档发送 NDJSON、Parquet。",
        "en": "Save as xlsx or CSV from the template, or send NDJSON or Parquet.",
    }


class TooLarge(ChengxinError):
    code = "report_too_large"
    status = 413
    what = {"zh": "一次报送的数据太多。", "en": "The report is too large for one batch."}
    why = {"zh": "上限 {limit}，实际 {found}。", "en": "The limit is {limit}; this has {found}."}
    next = {"zh": "请拆成几个较小的文件分别报送，每个都有自己的回执。", "en": "Split it into smaller files; each gets its own receipt."}


class Empty(ChengxinError):
    code = "report_empty"
    status = 422
    what = {"zh": "文件中没有数据。", "en": "The file holds no data."}
    why = {"zh": "除表头外没有任何一行。", "en": "There is no row besides the header."}


class Damaged(ChengxinError):
    code = "report_damaged"
    status = 422
    what = {"zh": "文件无法读取。", "en": "The file could not be read."}
    why = {"zh": "{reason_zh}", "en": "{reason_en}"}
    next = {"zh": "请重新导出文件后再报送。没有任何数据被接收。", "en": "Export the file anew and send it again. Nothing was accepted."}


class MissingColumns(ChengxinError):
    code = "missing_columns"
    status = 422
    what = {"zh": "文件缺少必填列。", "en": "The file lacks required columns."}
    why = {"zh": "缺少：{zh}。文件中有：{found}。", "en": "Missing: {en}. The file has: {found}."}
    next = {"zh": "请用模板的表头，或提供列名对照（mapping）。", "en": "Use the template's headers, or give a mapping."}


class BadMapping(ChengxinError):
    code = "bad_mapping"
    status = 422
    what = {"zh": "列名对照文件有误。", "en": "The mapping file is not valid."}
    why = {"zh": "{reason}", "en": "{reason}"}
    next = {"zh": "请对照手册“列名对照”一节。", "en": "Compare it with “Mappings” in the handbook."}


class UnknownPlatform(ChengxinError):
    code = "unknown_platform"
    status = 404
    what = {"zh": "没有这个平台。", "en": "There is no such platform."}
    why = {"zh": "“{platform}”未登记。", "en": "“{platform}” is not registered."}
    next = {"zh": "请先由监管部门登记平台。", "en": "Have the platform registered first."}


class NoReports(ChengxinError):
    code = "no_reports"
    status = 404
    what = {"zh": "文件夹中没有报送文件。", "en": "There are no reports in the folder."}
    why = {
        "zh": "“{folder}”下没有 <平台>/<数据种类>.<后缀> 形式的文件；数据种类：{known}。",
        "en": "“{folder}” holds no file named <platform>/<kind>.<ending>; the kinds are {known}.",
    }
    next = {"zh": "请按 docs/operate/detect.md 摆放文件。", "en": "Lay the files out as docs/operate/detect.md shows."}


class LakeThere(Conflict):
    code = "lake_folder_in_use"
    what = {"zh": "目标文件夹不是空的。", "en": "The folder to write to is not empty."}
    why = {"zh": "“{folder}”中已有内容，混在一起会使事实重复。", "en": "“{folder}” holds something; mixed with it, facts would be doubled."}
    next = {"zh": "请换一个新文件夹，或先清空它。", "en": "Name a new folder, or empty this one first."}


class SparkNotThere(ChengxinError):
    code = "spark_not_there"
    status = 503
    what = {"zh": "本机不能使用 Spark。", "en": "Spark cannot be used here."}
    why = {
        "zh": "需要可选组件 spark（pyspark、sqlglot）和 Java 17 或更高版本：{why}",
        "en": "It takes the optional extra “spark” (pyspark, sqlglot) and Java 17 or later: {why}",
    }
    next = {
        "zh": "请执行 pip install 'chengxin[spark]' 并安装 Java；或不带 --engine spark，使用内置的 DuckDB。",
        "en": "Run pip install 'chengxin[spark]' and install Java; or leave out --engine spark and use the built-in DuckDB.",
    }


class NotOnSpark(ChengxinError):
    code = "not_on_spark"
    status = 501
    what = {"zh": "该查询不能在 Spark 上运行。", "en": "This query cannot run on Spark."}
    why = {"zh": "Spark 无法按同样的含义执行它：{why}", "en": "Spark cannot run it with the same meaning: {why}"}
    next = {
        "zh": "请改用内置的 DuckDB（--engine duckdb）；已核对可用的监测模型见 docs/operate/spark.md。",
        "en": "Use the built-in DuckDB (--engine duckdb); docs/operate/spark.md lists the detectors that were shown to be equal.",
    }
