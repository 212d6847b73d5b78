from django.apps import AppConfig


class DetectionConfig(AppConfig):
    name = "chengxin.detection"
    label = "detection"
    verbose_name = "监测"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.detection import access  # noqa: F401 - registers whose rows are whose
