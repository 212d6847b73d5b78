from django.apps import AppConfig


class InspectionConfig(AppConfig):
    name = "chengxin.inspection"
    label = "inspection"
    verbose_name = "监督检查"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.inspection import access  # noqa: F401 - registers whose inspections are whose
