from django.urls import path

from controltower.ops import audit_views, job_views, mailbox_views, views

app_name = "ops"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics_text, name="metrics"),
    path("status/", views.status, name="status"),
    path("jobs/", job_views.jobs, name="jobs"),
    path("jobs/replay/", job_views.replay, name="jobs_replay"),
    path("audit/", audit_views.audit, name="audit"),
    path("audit/verify/", audit_views.verify, name="audit_verify"),
    path("audit/export/", audit_views.export, name="audit_export"),
    path("mailbox/", mailbox_views.inbox, name="mailbox"),
    path("mailbox/<str:name>/", mailbox_views.mail, name="mailbox_mail"),
]
