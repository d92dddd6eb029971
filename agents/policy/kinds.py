"""What can be proposed, and where a proposal can come from. Policy speaks of these; proposals store them."""

from __future__ import annotations

from django.db import models


class ProposalKind(models.TextChoices):
    SET_CLASSIFICATION = "set_classification", "Set the classification"
    SEND_NOTICE = "send_notice", "Send a notice"
    ACCEPT_FIELDS = "accept_fields", "Accept fields of a document"


class OriginKind(models.TextChoices):
    MODEL = "model", "Language model"
    RULES = "rules", "Rules"
    HUMAN = "human", "Person"
