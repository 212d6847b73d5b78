from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "chengxin.facts"
    label = "facts"
    verbose_name = "报送事实"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.facts import access  # noqa: F401 - registers whose receipts are whose
