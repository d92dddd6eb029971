from django.urls import path

from exceptions.contracts import (
    calendar_views,
    contract_views,
    house_views,
    repricing_views,
    table_views,
    term_views,
    try_views,
)

app_name = "contracts"
urlpatterns = [
    path("contracts/", contract_views.contracts, name="contracts"),
    path("contracts/new/", contract_views.contract_new, name="contract_new"),
    path("contracts/try/", try_views.trial, name="try"),
    path("contracts/repricing/", repricing_views.repricing, name="repricing"),
    path("contracts/<int:pk>/", contract_views.contract, name="contract"),
    path("contracts/<int:pk>/draft/", contract_views.draft_new, name="draft_new"),
    path("contracts/<int:pk>/<int:number>/", contract_views.version, name="version"),
    path("contracts/<int:pk>/<int:number>/change/", contract_views.version_change, name="version_change"),
    path("contracts/<int:pk>/<int:number>/activate/", contract_views.version_activate, name="version_activate"),
    path("contracts/<int:pk>/<int:number>/withdraw/", contract_views.version_withdraw, name="version_withdraw"),
    path("contracts/<int:pk>/<int:number>/discard/", contract_views.draft_discard, name="draft_discard"),
    path("contracts/<int:pk>/<int:number>/terms/new/", term_views.term_new, name="term_new"),
    path("contracts/<int:pk>/<int:number>/terms/<int:term_id>/", term_views.term, name="term"),
    path("contracts/<int:pk>/<int:number>/terms/<int:term_id>/remove/", term_views.term_remove, name="term_remove"),
    path("lead-times/", table_views.lead_times, name="lead_times"),
    path("lead-times/correct/", table_views.lead_time, name="lead_time"),
    path("lead-times/<int:pk>/reset/", table_views.lead_time_reset, name="lead_time_reset"),
    path("house/", house_views.house, name="house"),
    path("house/half-life/", house_views.half_life, name="half_life"),
    path("rates/", table_views.rates, name="rates"),
    path("rates/add/", table_views.rate_add, name="rate_add"),
    path("rates/<int:pk>/remove/", table_views.rate_remove, name="rate_remove"),
    path("calendars/", calendar_views.calendars, name="calendars"),
    path("calendars/new/", calendar_views.calendar_new, name="calendar_new"),
    path("calendars/<int:pk>/", calendar_views.calendar, name="calendar"),
    path("calendars/<int:pk>/change/", calendar_views.calendar_change, name="calendar_change"),
    path("calendars/<int:pk>/remove/", calendar_views.calendar_remove, name="calendar_remove"),
]
