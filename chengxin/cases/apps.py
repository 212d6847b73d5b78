from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "chengxin.cases"
    label = "cases"
    verbose_name = "案件"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.cases import access  # noqa: F401 - registers whose cases are whose
