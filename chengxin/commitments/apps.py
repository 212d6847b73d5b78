from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    name = "chengxin.commitments"
    label = "commitments"
    verbose_name = "信用承诺"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.commitments import access  # noqa: F401 - registers whose rows are whose
