from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "chengxin.documents"
    label = "documents"
    verbose_name = "执法文书"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.documents import access  # noqa: F401 - registers whose papers are whose
