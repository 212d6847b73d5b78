from django.apps import AppConfig


class ConsumersConfig(AppConfig):
    name = "chengxin.consumers"
    label = "consumers"
    verbose_name = "消费投诉举报"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.consumers import access  # noqa: F401 - registers whose rows are whose
