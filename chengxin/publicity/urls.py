"""The public's door, the open data, what other pages embed, and the desk."""

from __future__ import annotations

from django.urls import path

from chengxin.publicity.views import data, embed, officer, public

app_name = "publicity"

urlpatterns = [
    path("", public.home, name="home"),
    path("search/", public.search, name="search"),
    path("subject/<str:id>/", public.subject, name="subject"),
    path("subject/<str:id>/on/", public.shown, name="shown"),
    path("subject/<str:id>/watch/", public.watch, name="watch"),
    path("subject/<str:id>/evidence.zip", public.evidence_pack, name="evidence"),
    path("watch/<str:code>/", public.watched, name="watched"),
    path("watch/<str:code>/feed.atom", public.watch_feed, name="watch_feed"),
    path("life/<path:code>", public.life_line, name="life_line"),
    path("data/", data.home, name="data"),
    path("data/manifest.json", data.manifest, name="manifest"),
    path("data/manifest.receipt.json", data.receipt, name="receipt"),
    path("data/removals.atom", data.removals, name="removals"),
    path("data/removals.json", data.removals_json, name="removals_json"),
    path("data/files/<str:name>", data.data_file, name="data_file"),
    path("badge/badge.js", embed.script, name="badge_script"),
    path("badge/<uuid:pk>/", embed.badge, name="badge"),
    path("badge/<uuid:pk>/badge.svg", embed.picture, name="badge_picture"),
    path("window/", embed.window, name="window"),
    path("officer/publicity/", officer.desk, name="desk"),
    path("officer/publicity/publish/", officer.publish, name="publish"),
    path("officer/publicity/reviews/<uuid:pk>/", officer.review, name="review"),
    path("officer/publicity/shown/<str:id>/", officer.shown, name="officer_shown"),
]
