from django.apps import AppConfig


class MarksConfig(AppConfig):
    name = "chengxin.marks"
    label = "marks"
    verbose_name = "可信标识"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.marks import access  # noqa: F401 - registers whose marks are whose
