"""Routes of this room: the resolver and public recalls, the merchant's, the platform's and the officer's door."""

from __future__ import annotations

from django.urls import path

from chengxin.products.views import merchant, officer, platform, public

app_name = "products"

urlpatterns = [
    path("01/<path:rest>", public.resolve, name="resolve"),
    path(".well-known/gs1resolver", public.description, name="description"),
    path("recalls/", public.recalls, name="public_recalls"),
    path("recalls/<str:number>/", public.recall, name="public_recall"),
    path("merchant/products/", merchant.my_products, name="my_products"),
    path("merchant/products/new/", merchant.new_product, name="new_product"),
    path("merchant/products/<str:gtin>/", merchant.my_product, name="my_product"),
    path("merchant/batches/<uuid:id>/", merchant.my_batch, name="my_batch"),
    path("merchant/batches/<uuid:id>/codes/<str:form>/", merchant.codes, name="codes"),
    path("merchant/certificates/<uuid:id>/", merchant.certificate, name="certificate"),
    path("merchant/farm/", merchant.farm, name="farm"),
    path("merchant/farm/sheet/", merchant.sheet, name="sheet"),
    path("platform/recalls/", platform.my_recalls, name="my_recalls"),
    path("platform/recalls/<str:number>/", platform.my_recall, name="my_recall"),
    path("platform/products/listings/", platform.listings, name="my_listings"),
    path("officer/products/", officer.products, name="products"),
    path("officer/products/chains/", officer.findings, name="findings"),
    path("officer/products/chains/<str:number>/", officer.finding, name="finding"),
    path("officer/products/trace/", officer.trace, name="trace"),
    path("officer/products/timeline/", officer.timeline, name="timeline"),
    path("officer/products/listings/", officer.listings, name="listings"),
    path("officer/products/<str:gtin>/", officer.product, name="product"),
    path("officer/recalls/", officer.recalls, name="recalls"),
    path("officer/recalls/new/<uuid:id>/", officer.new_recall, name="new_recall"),
    path("officer/recalls/<str:number>/", officer.recall, name="recall"),
]
