"""Routes of the insiders' channel."""

from __future__ import annotations

from django.urls import path

from chengxin.insiders import desk, views

app_name = "insiders"

urlpatterns = [
    path("insiders/", views.write, name="write"),
    path("insiders/mailbox/", views.read, name="read"),
    path("insiders/send/", views.send, name="send"),
    path("insiders/open/", views.opened, name="open"),
    path("insiders/reply/", views.reply, name="reply"),
    path("officer/insiders/", desk.inbox, name="inbox"),
    path("officer/insiders/key/", desk.key, name="key"),
    path("officer/insiders/handlers/", desk.handlers, name="handlers"),
    path("officer/insiders/<str:number>/", desk.mailbox, name="mailbox"),
]
