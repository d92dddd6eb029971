from django.urls import path

from exceptions.cases import (
    bulk_views,
    detection_views,
    disruption_views,
    export_views,
    repricing_views,
    view_views,
    views,
)

app_name = "cases"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("export/", export_views.export, name="export"),
    path("live/", views.live_number, name="live"),
    path("views/", view_views.views, name="views"),
    path("views/save/", view_views.view_save, name="view_save"),
    path("views/<int:pk>/change/", view_views.view_change, name="view_change"),
    path("views/<int:pk>/<slug:action>/", view_views.view_act, name="view_act"),
    path("settings/detection/", detection_views.rules, name="detection"),
    path("settings/detection/<slug:type>/", detection_views.rule, name="detection_rule"),
    path("settings/detection/<slug:type>/save/", detection_views.setting_save, name="detection_save"),
    path("settings/detection/<slug:type>/<int:pk>/remove/", detection_views.setting_remove, name="detection_remove"),
    path("settings/suppressions/", detection_views.suppressions, name="suppressions"),
    path("settings/suppressions/add/", detection_views.suppression_add, name="suppression_add"),
    path("settings/suppressions/<int:pk>/end/", detection_views.suppression_end, name="suppression_end"),
    path("settings/repricing/", repricing_views.repricings, name="repricings"),
    path("settings/repricing/start/", repricing_views.repricing_start, name="repricing_start"),
    path("settings/repricing/<int:pk>/cancel/", repricing_views.repricing_cancel, name="repricing_cancel"),
    path("disruptions/", disruption_views.disruptions, name="disruptions"),
    path("disruptions/<int:pk>/", disruption_views.disruption, name="disruption"),
    path("disruptions/<int:pk>/decide/", disruption_views.decide, name="disruption_decide"),
    path("disruptions/<int:pk>/act/", disruption_views.act, name="disruption_act"),
    path("cases/", bulk_views.bulk, name="bulk"),
    path("cases/<str:number>/", views.case, name="case"),
    path("cases/<str:number>/facts/", views.facts, name="facts"),
    path("cases/<str:number>/later/", views.later, name="later"),
    path("cases/<str:number>/merge/", views.merge, name="merge"),
    path("cases/<str:number>/<slug:action>/", views.act, name="act"),
]
