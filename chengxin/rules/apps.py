from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "chengxin.rules"
    label = "rules"
    verbose_name = "风险规则"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.rules import access  # noqa: F401 - registers whose decisions are whose
