from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "chengxin.records"
    label = "records"
    verbose_name = "信用记录"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.records import access  # noqa: F401 - registers whose records are whose
