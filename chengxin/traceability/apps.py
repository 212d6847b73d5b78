from django.apps import AppConfig


class TraceabilityConfig(AppConfig):
    name = "chengxin.traceability"
    label = "traceability"
    verbose_name = "产品追溯"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.traceability import access  # noqa: F401 - registers whose rows are whose
