from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "chengxin.publicity"
    label = "publicity"
    verbose_name = "公示"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.kernel import showing
        from chengxin.publicity import access, reviews  # noqa: F401 - registers whose rows are whose

        showing.answered_by(reviews.held)
