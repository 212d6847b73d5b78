from django.apps import AppConfig


class CompensationConfig(AppConfig):
    name = "chengxin.compensation"
    label = "compensation"
    verbose_name = "先行赔付"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.compensation import access  # noqa: F401 - registers whose rows are whose
