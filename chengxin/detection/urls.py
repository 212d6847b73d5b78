from django.urls import path

from chengxin.detection import views

app_name = "detection"
urlpatterns = [
    path("officer/runs/", views.runs, name="runs"),
    path("officer/runs/alerts/", views.alerts, name="alerts"),
    path("officer/runs/<uuid:run_id>/", views.run, name="run"),
]
