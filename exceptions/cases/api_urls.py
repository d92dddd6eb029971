from django.urls import path

from exceptions.cases import api

app_name = "cases_api"
urlpatterns = [
    path("cases/", api.CaseList.as_view(), name="list"),
    path("cases/<str:number>/", api.CaseDetail.as_view(), name="detail"),
]
