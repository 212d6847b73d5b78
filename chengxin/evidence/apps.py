from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "chengxin.evidence"
    label = "evidence"
    verbose_name = "证据"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.evidence import access  # noqa: F401 - registers whose exhibits are whose
