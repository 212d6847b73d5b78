from django.apps import AppConfig


class PersonsConfig(AppConfig):
    name = "chengxin.persons"
    label = "persons"
    verbose_name = "个人信息与密钥"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.persons import access  # noqa: F401 - registers whose rows are whose
