from django.apps import AppConfig


class LawConfig(AppConfig):
    name = "chengxin.law"
    label = "law"
    verbose_name = "法规"
    default_auto_field = "django.db.models.BigAutoField"
