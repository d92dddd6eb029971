"""Where everything is. Apps are named as strings: this module and `settings.py` are the composition root."""

from django.apps import apps
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

urlpatterns = [
    path("in/", include("exceptions.intake.door_urls")),  # first: asked the most, and each request tries them in order
    path("", include("exceptions.cases.urls")),
    path("shipments/", include("exceptions.shipments.urls")),
    path("documents/", include("documents.urls")),
    path("filed/", include("exceptions.reconciliation.urls")),
    path("notices/", include("exceptions.notices.urls")),
    path("parties/", include("exceptions.parties.urls")),
    path("settings/partners/", include("exceptions.intake.urls")),
    path("settings/", include("exceptions.contracts.urls")),
    path("settings/", include("controltower.tenancy.urls")),
    path("", include("controltower.web.urls")),
    path("", include("controltower.ops.urls")),
    path("api/v1/", include("exceptions.cases.api_urls")),
    path("api/v1/", include("exceptions.intake.api_urls")),
    path("api/v1/schemas/", include("exceptions.intake.schema_urls")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
if apps.is_installed("agents.proposals"):
    urlpatterns.append(path("approvals/", include("agents.proposals.urls")))

handler400 = "controltower.web.views.bad_request"
handler403 = "controltower.web.views.forbidden"
handler404 = "controltower.web.views.not_found"
handler500 = "controltower.web.views.server_error"
