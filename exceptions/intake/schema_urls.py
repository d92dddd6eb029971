from django.urls import path

from exceptions.intake import schema_views

app_name = "schemas"
urlpatterns = [
    path("", schema_views.schemas, name="list"),
    path("<str:event_type>/", schema_views.schema, name="schema"),
]
