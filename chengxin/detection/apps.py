from django.apps import AppConfig


class DetectionConfig(AppConfig):
    name = "chengxin.detection"
    label = "detection"
    verbose_name = "监测"
    default_auto_field = "django.db.models.BigAutoField"
