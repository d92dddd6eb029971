from django.urls import path

from exceptions.shipments import views

app_name = "shipments"
urlpatterns = [
    path("", views.index, name="list"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/events/", views.events, name="events"),
]
