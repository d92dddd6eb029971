from django.urls import path

from exceptions.intake import dead_letter_views, views

app_name = "intake"
urlpatterns = [
    path("", views.partners, name="partners"),
    path("new/", views.partner_create, name="partner_create"),
    path("dead-letters/", dead_letter_views.dead_letters, name="dead_letters"),
    path("dead-letters/replay/", dead_letter_views.replay, name="replay"),
    path("messages/<int:message_id>/", dead_letter_views.message, name="message"),
    path("<slug:slug>/", views.partner, name="partner"),
    path("<slug:slug>/try/", views.partner_try, name="partner_try"),
    path("<slug:slug>/rotate/", views.partner_rotate, name="partner_rotate"),
    path("<slug:slug>/sandbox/", views.partner_sandbox, name="partner_sandbox"),
    path("<slug:slug>/active/", views.partner_active, name="partner_active"),
]
