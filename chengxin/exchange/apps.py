from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "chengxin.exchange"
    label = "exchange"
    verbose_name = "信用信息共享交换"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.exchange import access  # noqa: F401 - registers whose rows are whose
