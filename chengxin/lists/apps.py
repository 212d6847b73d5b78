from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "chengxin.lists"
    label = "lists"
    verbose_name = "名单与联合奖惩"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.lists import access, papers  # noqa: F401 - register whose entries, tasks and papers are whose
