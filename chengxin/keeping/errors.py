"""What the keeper of the system may meet, with what to do next."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError


class NoBackup(ChengxinError):
    code = "backup_none"
    status = 404
    what = {"zh": "这里没有备份：{path}。", "en": "There is no backup here: {path}."}
    why = {"zh": "未完成的备份不算备份。", "en": "A backup that was not finished is none."}
    next = {"zh": "请给出备份目录，或其中的一代备份。", "en": "Name the backup's folder, or one generation in it."}


class BackupIncomplete(ChengxinError):
    code = "backup_incomplete"
    status = 422
    what = {"zh": "备份不完整。", "en": "The backup is incomplete."}
    why = {"zh": "缺少 {count} 个文件：{files}。", "en": "{count} files are missing: {files}."}
    next = {"zh": "请改用另一代备份；本代备份应当删除。", "en": "Use another generation, and delete this one."}


class BackupChanged(ChengxinError):
    code = "backup_changed"
    status = 422
    what = {"zh": "备份已被改动或损坏。", "en": "The backup was changed or is damaged."}
    why = {"zh": "{count} 处与清单不符：{files}。", "en": "{count} parts are not what the manifest says: {files}."}
    next = {
        "zh": "请改用另一代备份，并检查备份介质；本代备份应当移走。",
        "en": "Use another generation, check the medium, and take this generation away.",
    }


class BackupNewer(ChengxinError):
    code = "backup_newer"
    status = 422
    what = {"zh": "备份来自更新的版本。", "en": "The backup comes from a newer version."}
    why = {
        "zh": "备份的版本是 {theirs}，本程序的版本是 {ours}（{detail}）。",
        "en": "It is of version {theirs}, this is {ours} ({detail}).",
    }
    next = {"zh": "请先安装同一版本或更新的版本。", "en": "Install that version or a newer one first."}


class SourceDamaged(ChengxinError):
    code = "backup_source_damaged"
    status = 500
    what = {"zh": "没有作备份：数据目录中的文件不全。", "en": "No backup was made: files of the data directory are missing or changed."}
    why = {"zh": "{count} 个文件：{files}。", "en": "{count} files: {files}."}
    next = {
        "zh": "请从较早的备份取回这些文件；确实无法取回时，用 --with-faults 备份其余部分，清单会列明缺什么。",
        "en": "Bring them back from an older backup; when they are lost for good, --with-faults backs up the rest and lists them.",
    }


class TargetBusy(ChengxinError):
    code = "backup_busy"
    status = 409
    what = {"zh": "另一个备份正在写入 {path}。", "en": "Another backup is writing to {path}."}
    next = {"zh": "请等它完成。", "en": "Wait until it is done."}


class TargetInside(ChengxinError):
    code = "backup_inside"
    status = 422
    what = {"zh": "备份目录不能放在数据目录里。", "en": "A backup cannot lie inside the data directory."}
    next = {"zh": "请给出另一块磁盘或另一台机器上的目录。", "en": "Name a folder on another disk or machine."}


class NoPassphrase(ChengxinError):
    code = "backup_no_passphrase"
    status = 422
    what = {"zh": "没有口令，密钥不能备份或恢复。", "en": "Without a passphrase keys are neither backed up nor restored."}
    why = {"zh": "口令至少 {least} 个字符。", "en": "It has at least {least} characters."}
    next = {
        "zh": "请设置 CHENGXIN_BACKUP_PASSPHRASE_FILE，或用 --passphrase-file，或在终端输入。",
        "en": "Set CHENGXIN_BACKUP_PASSPHRASE_FILE, give --passphrase-file, or type it at the terminal.",
    }


class WrongPassphrase(ChengxinError):
    code = "backup_wrong_passphrase"
    status = 422
    what = {"zh": "密钥部分打不开。", "en": "The part with the keys does not open."}
    why = {"zh": "口令不对，或这一部分已损坏。", "en": "The passphrase is wrong, or that part is damaged."}
    next = {
        "zh": "请核对口令；没有密钥，加密的个人信息无法恢复。",
        "en": "Check it; without the keys encrypted personal data cannot be restored.",
    }


class NotEmpty(ChengxinError):
    code = "restore_not_empty"
    status = 409
    what = {"zh": "没有恢复：{path} 不是空的。", "en": "Nothing was restored: {path} is not empty."}
    next = {"zh": "请给出一个新的目录；数据库也必须是空的。", "en": "Name a new directory; a database has to be empty too."}


class OtherDatabase(ChengxinError):
    code = "restore_other_database"
    status = 422
    what = {"zh": "备份的数据库是 {theirs}，这里设置的是 {ours}。", "en": "The backup is of {theirs}, the settings here name {ours}."}
    next = {
        "zh": "PostgreSQL 的备份须设置 DATABASE_URL 指向一个空库；SQLite 的备份则不设置。",
        "en": "For a backup of PostgreSQL set DATABASE_URL to an empty database; for one of SQLite leave it unset.",
    }


class OtherLog(ChengxinError):
    code = "restore_other_log"
    status = 422
    what = {
        "zh": "备份的存证日志名为 {theirs}，这里设置的是 {ours}。",
        "en": "The backup's log is named {theirs}, the settings here say {ours}.",
    }
    next = {"zh": "请把 CHENGXIN_LOG_ORIGIN 设为备份中的名称。", "en": "Set CHENGXIN_LOG_ORIGIN to the name in the backup."}


class HeadDiffers(ChengxinError):
    code = "restore_head_differs"
    status = 422
    what = {"zh": "恢复的日志与首部不符。", "en": "The restored log is not the one of the head."}
    why = {"zh": "{reason_zh}", "en": "{reason_en}"}
    next = {"zh": "不要使用这份恢复；请改用另一代备份。", "en": "Do not use what was restored; take another generation."}


class RestoredFaulty(ChengxinError):
    code = "restore_faulty"
    status = 422
    what = {"zh": "恢复后的自检发现问题，没有启用。", "en": "The check of what was restored found faults; it was not put in place."}
    why = {"zh": "{faults}", "en": "{faults}"}
    next = {"zh": "请改用另一代备份。", "en": "Take another generation."}


class Unfinished(ChengxinError):
    code = "restore_unfinished"
    status = 503
    what = {"zh": "这是一次没有完成的恢复，不能启用。", "en": "This is a restore that was not finished; it cannot be used."}
    next = {"zh": "请重新恢复。", "en": "Restore again."}


class NoTool(ChengxinError):
    code = "backup_no_tool"
    status = 500
    what = {"zh": "找不到 {tool}。", "en": "{tool} is not installed."}
    next = {"zh": "请安装与服务器同版本的 PostgreSQL 客户端。", "en": "Install the PostgreSQL client of the server's version."}


class ToolFailed(ChengxinError):
    code = "backup_tool_failed"
    status = 500
    what = {"zh": "{tool} 没有成功。", "en": "{tool} failed."}
    why = {"zh": "{said}", "en": "{said}"}


class TooFull(ChengxinError):
    code = "backup_too_full"
    status = 507
    what = {"zh": "{path} 空间不足。", "en": "There is not enough room at {path}."}
    why = {"zh": "需要 {need} MB，剩余 {free} MB。", "en": "{need} MB are needed, {free} MB are free."}
    next = {"zh": "请腾出空间或换一个目录。", "en": "Make room or name another folder."}


class UpgradeFailed(ChengxinError):
    code = "upgrade_failed"
    status = 500
    what = {"zh": "升级失败，数据库已恢复到升级前。", "en": "The upgrade failed; the database is as it was before."}
    why = {"zh": "{reason}", "en": "{reason}"}
    next = {
        "zh": "请装回原来的版本继续使用，并把上面的原因告诉维护者。",
        "en": "Go on with the version before and tell its makers the reason above.",
    }
