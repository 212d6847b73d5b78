from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "chengxin.payments"
    label = "payments"
    verbose_name = "网络支付管理"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.payments import access  # noqa: F401 - registers whose rows are whose
