from django.urls import path

from controltower.tenancy import views
from controltower.tenancy.preferences import preferences

app_name = "tenancy"
urlpatterns = [
    path("", views.index, name="index"),
    path("preferences/", preferences, name="preferences"),
    path("switch/", views.switch, name="switch"),
    path("organisation/", views.organisation, name="organisation"),
    path("members/", views.members, name="members"),
    path("members/add/", views.member_add, name="member_add"),
    path("members/<int:pk>/", views.member, name="member"),
    path("keys/", views.keys, name="keys"),
    path("keys/create/", views.key_create, name="key_create"),
    path("keys/<int:pk>/rotate/", views.key_rotate, name="key_rotate"),
    path("keys/<int:pk>/revoke/", views.key_revoke, name="key_revoke"),
]
