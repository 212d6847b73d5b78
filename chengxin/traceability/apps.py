from django.apps import AppConfig


class TraceabilityConfig(AppConfig):
    name = "chengxin.traceability"
    label = "traceability"
    verbose_name = "产品追溯"
    default_auto_field = "django.db.models.BigAutoField"
