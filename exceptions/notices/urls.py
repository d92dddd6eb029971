from django.urls import path

from exceptions.notices import compose, views

app_name = "notices"
urlpatterns = [
    path("", views.outbox, name="list"),
    path("<int:pk>/", views.notice, name="notice"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("case/<str:number>/", views.case_notices, name="case_notices"),
    path("case/<str:number>/write/", compose.write, name="write"),
    path("written/<int:pk>/", views.written, name="written"),
    path("written/<int:pk>/approve/", views.approve, name="approve"),
    path("written/<int:pk>/discard/", views.discard, name="discard"),
]
