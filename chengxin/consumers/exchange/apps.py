from django.apps import AppConfig


class ComplaintExchangeConfig(AppConfig):
    name = "chengxin.consumers.exchange"
    label = "complaint_exchange"
    verbose_name = "投诉举报交换"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.consumers.exchange import access  # noqa: F401 - registers whose rows are whose
