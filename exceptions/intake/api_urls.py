from django.urls import path

from exceptions.intake import api

app_name = "intake_api"
urlpatterns = [
    path("events", api.Events.as_view(), name="events"),
    path("events/", api.EventsWithSlash.as_view()),
    path("partners/<slug:slug>/messages/", api.Messages.as_view(), name="messages"),
    path("partners/<slug:slug>/messages/<int:message_id>/", api.Delivered.as_view(), name="message"),
    path(
        "partners/<slug:slug>/messages/<int:message_id>/acknowledgement/",
        api.Acknowledgement.as_view(),
        name="acknowledgement",
    ),
]
