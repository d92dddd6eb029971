from exceptions.parties.adminkit import show
from exceptions.reconciliation.models import DocumentLink

show(DocumentLink, "document", "case", "shipment", "state", "created_at")
