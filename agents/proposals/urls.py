from django.urls import path

from agents.proposals import views

app_name = "proposals"
urlpatterns = [
    path("", views.listing, name="list"),
    path("cases/<str:number>/", views.case_proposals, name="case_proposals"),
    path("<str:number>/", views.card, name="card"),
    path("<str:number>/decide/", views.decide, name="decide"),
    path("<str:number>/edit/", views.edit, name="edit"),
    path("<str:number>/cancel/", views.cancel, name="cancel"),
]
