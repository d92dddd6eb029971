"""Terms of a draft. A version that holds or held keeps its terms as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from controltower.audit import Actor, record
from controltower.errors import Invalid, NotFound
from exceptions.sla.checking import check_contract
from exceptions.sla.models import ContractVersion, Term
from exceptions.sla.selectors.drafts import contract_draft, contract_world, term_draft
from exceptions.sla.services.editing import draft_locked, person, same_revision

# What a term says; the rest of its columns is about who changed it when.
_FIELDS = {
    field.name: field
    for field in Term._meta.concrete_fields
    if field.name not in ("id", "organisation", "version", "revision", "changed_at", "changed_by")
}
COLUMNS = tuple(_FIELDS)


def term_values(term: Term) -> dict[str, Any]:
    """What a term says, as the audit trail keeps it."""
    return {name: _said(getattr(term, field.attname)) for name, field in _FIELDS.items()}


def term_save(
    version: ContractVersion,
    term: Term | None,
    values: Mapping[str, Any],
    *,
    revision: int = 0,
    actor: Actor,
    now: datetime,
) -> Term:
    """Add a term to a draft, or change one that was read at `revision`. Columns that `values` lacks go back to none.

    `Invalid` for a price that says nothing, `Conflict` when the version is no draft or somebody was faster.
    """
    member = person(actor)
    draft = draft_locked(version)
    row, before = Term(version=draft), None
    if term is not None:
        row = _locked(term, draft)
        same_revision(row, revision)
        before = term_values(row)
        row.changed(member, now)
    else:
        row.changed_by_id, row.changed_at = member, now
    for name, field in _FIELDS.items():
        setattr(row, name, values.get(name, field.get_default()))
    _check(draft, row)
    row.save()
    draft.save(update_fields=draft.changed(member, now))
    verb = "contract.term_added" if before is None else "contract.term_changed"
    subject = f"contract:{draft.contract_id}"
    record(verb=verb, subject=subject, actor=actor, before=before, after=term_values(row), now=now)
    return row


def term_remove(term: Term, *, revision: int, actor: Actor, now: datetime) -> None:
    """Take a term out of a draft."""
    member = person(actor)
    draft = draft_locked(term.version)
    row = _locked(term, draft)
    same_revision(row, revision)
    before, subject = term_values(row), f"contract:{draft.contract_id}"
    row.delete()
    draft.save(update_fields=draft.changed(member, now))
    record(verb="contract.term_removed", subject=subject, actor=actor, before=before, now=now)


def _check(draft: ContractVersion, row: Term) -> None:
    """`Invalid` for a term that cannot be meant; details name the field of each sentence, "" for the term as a whole.

    It is checked last of all: of two that are for the same, the one that was there stays.
    """
    whole = contract_draft(draft, but=row.pk)
    whole = replace(whole, terms=(*whole.terms, term_draft(row)))
    last = ("terms", len(whole.terms) - 1)
    problems = [one for one in check_contract(whole, contract_world(whole)) if one.where[:2] == last]
    if not problems:
        return
    told: dict[str, str] = {}
    for problem in problems:
        field = str(problem.where[2]) if len(problem.where) > 2 else ""
        told.setdefault(field, f"{problem.sentence[:1].upper()}{problem.sentence[1:]}.")
    raise Invalid(next(iter(told.values())), code="term_unfit", details=told)


def _locked(term: Term, draft: ContractVersion) -> Term:
    found = (
        Term.objects.select_for_update(no_key=True, of=("self",))
        .select_related("changed_by__user")
        .filter(pk=term.pk, version=draft)
        .first()
    )
    if found is None:
        raise NotFound("This term does not exist any more.")
    return found


def _said(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
