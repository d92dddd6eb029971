from django.urls import path

from exceptions.intake import code_views, dead_letter_views, mailbox_views, mapping_views, views

app_name = "intake"
urlpatterns = [
    path("", views.partners, name="partners"),
    path("new/", views.partner_create, name="partner_create"),
    path("dead-letters/", dead_letter_views.dead_letters, name="dead_letters"),
    path("dead-letters/replay/", dead_letter_views.replay, name="replay"),
    path("codes/", code_views.unmapped, name="unmapped"),
    path("codes/map/", code_views.code_map, name="code_map"),
    path("messages/<int:message_id>/", dead_letter_views.message, name="message"),
    path("<slug:slug>/", views.partner, name="partner"),
    path("<slug:slug>/try/", mapping_views.partner_try, name="partner_try"),
    path("<slug:slug>/mapping/", mapping_views.mapping, name="mapping"),
    path("<slug:slug>/mapping/try/", mapping_views.mapping_try, name="mapping_try"),
    path("<slug:slug>/mapping/save/", mapping_views.mapping_save, name="mapping_save"),
    path("<slug:slug>/mailbox/", mailbox_views.mailbox, name="mailbox"),
    path("<slug:slug>/mailbox/forget/", mailbox_views.mailbox_forget, name="mailbox_forget"),
    path("<slug:slug>/change/", views.partner_change, name="partner_change"),
    path("<slug:slug>/rotate/", views.partner_rotate, name="partner_rotate"),
    path("<slug:slug>/revoke/", views.partner_revoke, name="partner_revoke"),
    path("<slug:slug>/sandbox/", views.partner_sandbox, name="partner_sandbox"),
    path("<slug:slug>/active/", views.partner_active, name="partner_active"),
]
