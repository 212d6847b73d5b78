urlpatterns = []
app_name = "evaluation"
