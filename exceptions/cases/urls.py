from django.urls import path

from exceptions.cases import views

app_name = "cases"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("live/", views.live_number, name="live"),
    path("cases/", views.bulk, name="bulk"),
    path("cases/<str:number>/", views.case, name="case"),
    path("cases/<str:number>/facts/", views.facts, name="facts"),
    path("cases/<str:number>/merge/", views.merge, name="merge"),
    path("cases/<str:number>/<slug:action>/", views.act, name="act"),
]
