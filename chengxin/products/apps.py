from django.apps import AppConfig


class ProductsConfig(AppConfig):
    name = "chengxin.products"
    label = "products"
    verbose_name = "产品追溯"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chengxin.products import access  # noqa: F401 - registers whose rows are whose
