"""Reads what a classification is made from."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from agents.grounding.lines import cleaned
from agents.proposals.snapshots import FactLike
from agents.skills.classify.form import CLASSIFIED
from agents.skills.classify.material import Material, Signal, Told
from exceptions.cases.models import Case, Interaction
from exceptions.intake.mapping.carrier_text import REASONED
from exceptions.intake.mapping.codes import reason_of
from exceptions.shipments.models import Event

MAX_SIGNALS = 16
# Moves with every signal or with the price, and says nothing about the cause: each would be a new question to the model.
_BESIDE_THE_POINT = frozenset({"at_risk", "avoidable", "last_seen", "decide_by", "next_update", "value"})


def material_for(case: Case, facts: Iterable[FactLike]) -> Material:
    """The case, its newest signals and what people were told, and its facts; in a fixed order."""
    return Material(
        current={name: getattr(case, name) for name in CLASSIFIED},
        phase=case.phase,
        signals=tuple(_signals(case)),
        facts=tuple(Told(fact.key, str(fact.type), fact.value) for fact in facts if _tells(fact.key)),
    )


def _signals(case: Case) -> list[Signal]:
    shipments = list(case.case_shipments.values_list("shipment_id", flat=True))
    about = Q(subjects__shipment_id__in=shipments) | Q(occurrences__case=case)
    telling = Q(type__in=REASONED) | ~Q(source_text="") | ~Q(source_code="")
    standing = Event.objects.filter(about, telling, retracted_by=None)
    events = standing.select_related("partner").distinct().order_by("-reported_at", "-pk")
    calls = Interaction.objects.filter(case=case).exclude(text="").select_related("account").order_by("-at", "-pk")
    found = [(event.reported_at, _of_event(event)) for event in events[:MAX_SIGNALS]]
    found += [(call.at, _of_interaction(call)) for call in calls[:MAX_SIGNALS]]
    return [signal for _, signal in sorted(found, key=lambda each: each[0], reverse=True)][:MAX_SIGNALS]


def _tells(key: str) -> bool:
    return key not in _BESIDE_THE_POINT and not key.startswith("contact_")


def _of_event(event: Event) -> Signal:
    said = event.data.get("reason") or event.source_code
    return Signal(
        id=f"E{event.pk}",
        event_type=event.type,
        at=event.reported_at.isoformat(),
        source=cleaned(event.partner.name) if event.partner else "",
        code=cleaned(event.source_code),
        reason=reason_of(str(said)) or "",
        text=cleaned(event.source_text),
    )


def _of_interaction(interaction: Interaction) -> Signal:
    who = interaction.account.name if interaction.account else interaction.with_whom
    return Signal(
        id=f"I{interaction.pk}",
        event_type=f"interaction.{interaction.channel}",
        at=interaction.at.isoformat(),
        source=cleaned(who),
        code="",
        reason="",
        text=cleaned(interaction.text),
    )
