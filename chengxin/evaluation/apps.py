from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "chengxin.evaluation"
    label = "evaluation"
    verbose_name = "交易信用评价"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.evaluation import access  # noqa: F401 - registers whose rows are whose
