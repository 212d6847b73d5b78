"""Keeping the system running: backup, restore, upgrade, health."""

from django.apps import AppConfig


class KeepingConfig(AppConfig):
    name = "chengxin.keeping"
    default_auto_field = "django.db.models.BigAutoField"
