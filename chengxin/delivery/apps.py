from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "chengxin.delivery"
    label = "delivery"
    verbose_name = "寄递物流信用"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.delivery import access, papers  # noqa: F401 - register whose rows and papers are whose
