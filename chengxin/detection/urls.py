from django.urls import path

from chengxin.detection import views
from chengxin.detection.learning import views as learning
from chengxin.detection.local import views as local

app_name = "detection"
urlpatterns = [
    path("officer/runs/", views.runs, name="runs"),
    path("officer/runs/alerts/", views.alerts, name="alerts"),
    path("officer/runs/alike/", views.alike_complaints, name="alike"),
    path("officer/runs/<uuid:run_id>/", views.run, name="run"),
    path("officer/runs/local/", local.packages, name="packages"),
    path("officer/runs/local/seeded/", local.seeded_sets, name="seeded_sets"),
    path("officer/runs/local/seeded/<uuid:id>/", local.seeded, name="seeded"),
    path("officer/runs/local/seeded/<uuid:id>/rows/", local.seeded_rows, name="seeded_rows"),
    path("officer/runs/local/seeded/<uuid:id>/reveal/", local.seeded_reveal, name="seeded_reveal"),
    path("officer/runs/local/<uuid:id>/", local.package, name="package"),
    path("officer/models/", learning.models, name="models"),
    path("officer/models/train/", learning.train, name="train"),
    path("officer/models/detectors/<slug:detector>/", learning.detector, name="detector"),
    path("officer/models/learned/<int:model>/", learning.learned, name="learned"),
    path("officer/models/learned/<int:model>/propose/", learning.propose, name="propose"),
    path("officer/models/learned/<int:model>/use/", learning.put_in_use, name="put_in_use"),
    path("officer/models/learned/<int:model>/retire/", learning.retire, name="retire"),
]
