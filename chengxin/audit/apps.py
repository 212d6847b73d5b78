from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "chengxin.audit"
    label = "audit"
    verbose_name = "存证日志"
    default_auto_field = "django.db.models.BigAutoField"
