from django.apps import AppConfig


class SubjectsConfig(AppConfig):
    name = "chengxin.subjects"
    label = "subjects"
    verbose_name = "主体"
    default_auto_field = "django.db.models.BigAutoField"
