from django.urls import path

from exceptions.cases import disruption_views, views

app_name = "cases"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("live/", views.live_number, name="live"),
    path("disruptions/", disruption_views.disruptions, name="disruptions"),
    path("disruptions/<int:pk>/", disruption_views.disruption, name="disruption"),
    path("disruptions/<int:pk>/decide/", disruption_views.decide, name="disruption_decide"),
    path("disruptions/<int:pk>/act/", disruption_views.act, name="disruption_act"),
    path("cases/", views.bulk, name="bulk"),
    path("cases/<str:number>/", views.case, name="case"),
    path("cases/<str:number>/facts/", views.facts, name="facts"),
    path("cases/<str:number>/merge/", views.merge, name="merge"),
    path("cases/<str:number>/<slug:action>/", views.act, name="act"),
]
