"""What can go wrong with work that happens later."""

from __future__ import annotations

from chengxin.kernel.errors import ChengxinError, Conflict


class NoSuchTarget(ChengxinError):
    code = "no_such_target"
    status = 500
    what = {"zh": "后台作业指向的程序不存在。", "en": "The job's program does not exist."}
    why = {"zh": "{target}", "en": "{target}"}
    next = {"zh": "请系统管理员检查版本是否完整。", "en": "Ask the system administrator to check the installed version."}


class JobTaken(Conflict):
    """This worker was taken for dead and another one has the job now; what this one did since is rolled back."""

    code = "job_taken"
    why = {"zh": "作业已由另一个工作进程接手。", "en": "Another worker has taken over the job."}
    next = {"zh": "无需处理。", "en": "Nothing needs to be done."}


class NotDead(Conflict):
    code = "not_given_up"
    why = {"zh": "只有已放弃的作业或事件才能重新投递。", "en": "Only a job or event that was given up can be tried anew."}
