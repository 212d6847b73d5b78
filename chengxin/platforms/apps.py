from django.apps import AppConfig


class PlatformsConfig(AppConfig):
    name = "chengxin.platforms"
    label = "platforms"
    verbose_name = "平台主体责任"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.platforms import access  # noqa: F401 - registers whose rows are whose
