from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "chengxin.supervision"
    label = "supervision"
    verbose_name = "监管"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.supervision import access  # noqa: F401 - registers whose clues are whose
