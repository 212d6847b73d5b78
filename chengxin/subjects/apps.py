from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    name = "chengxin.subjects"
    label = "subjects"
    verbose_name = "主体"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.subjects import scopes  # noqa: F401 - registers whose rows are whose
