from django.apps import AppConfig


class InsidersConfig(AppConfig):
    name = "chengxin.insiders"
    label = "insiders"
    verbose_name = "内部人士渠道"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.insiders import access  # noqa: F401 - registers whose mailboxes are whose
