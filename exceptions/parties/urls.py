from django.urls import path

from exceptions.parties import views

app_name = "parties"
urlpatterns = [path("suggested/", views.suggested, name="suggested")]
