from django.apps import AppConfig


class ConsumersConfig(AppConfig):
    name = "chengxin.consumers"
    label = "consumers"
    verbose_name = "消费投诉举报"
    default_auto_field = "django.db.models.BigAutoField"
