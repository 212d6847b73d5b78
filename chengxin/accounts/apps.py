from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "chengxin.accounts"
    label = "accounts"
    verbose_name = "部门与人员"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.usersessions.models import UserSession
        from django.db.models.signals import pre_save

        from chengxin.accounts import scopes_of_rows, sessions, sign_ins  # noqa: F401 - they register themselves

        pre_save.connect(sessions.keep_little, sender=UserSession, dispatch_uid="accounts.sessions")
