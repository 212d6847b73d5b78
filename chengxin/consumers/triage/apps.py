from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "chengxin.consumers.triage"
    label = "triage"
    verbose_name = "同类投诉"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.consumers.triage import access  # noqa: F401 - registers whose groups are whose
