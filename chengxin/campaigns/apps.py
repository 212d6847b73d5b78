from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "chengxin.campaigns"
    label = "campaigns"
    verbose_name = "专项行动与诚信文化"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.campaigns import access  # noqa: F401 - registers whose rows are whose
