from django.urls import path

from exceptions.reconciliation import views

app_name = "reconciliation"
urlpatterns = [
    path("cases/<str:number>/", views.case_documents, name="case_documents"),
    path("cases/<str:number>/upload/", views.upload_case, name="upload_case"),
    path("shipments/<str:number>/", views.shipment_documents, name="shipment_documents"),
    path("shipments/<str:number>/upload/", views.upload_shipment, name="upload_shipment"),
    path("documents/<int:pk>/", views.document_links, name="document_links"),
    path("links/<int:pk>/confirm/", views.confirm, name="confirm"),
    path("links/<int:pk>/reject/", views.reject, name="reject"),
]
