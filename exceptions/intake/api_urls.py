from django.urls import path

from exceptions.intake import api

app_name = "intake_api"
urlpatterns = [path("partners/<slug:slug>/messages/", api.Messages.as_view(), name="messages")]
