from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "chengxin.accounts"
    label = "accounts"
    verbose_name = "部门与人员"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.accounts import scopes_of_rows, sign_ins  # noqa: F401 - they register themselves
