from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    name = "chengxin.coordination"
    label = "coordination"
    verbose_name = "组织协调"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.coordination import access  # noqa: F401 - registers whose rows are whose
