from django.urls import path

from exceptions.intake import door

app_name = "door"
urlpatterns = [
    path("<slug:slug>/", door.receive, name="receive"),
    path("<slug:slug>", door.receive),  # senders lose the slash, and a redirected POST arrives as a GET
    path("<slug:slug>/<slug:channel>/", door.receive, name="receive_channel"),
    path("<slug:slug>/<slug:channel>", door.receive),
]
