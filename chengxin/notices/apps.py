from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "chengxin.notices"
    label = "notices"
    verbose_name = "消息通知"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.notices import access  # noqa: F401 - registers whose rows are whose
