"""Writing a notice by hand: starts from the template, checked before it is laid down for approval.

The check needs no JavaScript: the button posts the same form. With htmx the answer replaces the result beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from controltower.errors import Conflict, Invalid
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.web import formats
from controltower.web.render import page
from controltower.web.toast import toast
from exceptions.cases import selectors as cases
from exceptions.cases.facts import facts_for
from exceptions.cases.models import Case
from exceptions.cases.services import update_promise
from exceptions.cases.services.known_clocks import NEXT
from exceptions.notices import services
from exceptions.notices.drafts import Draft, FactLike, Locale, NoticeKind
from exceptions.notices.forms import OverrideForm, SentenceFormSet, StartForm
from exceptions.notices.models import Audience
from exceptions.notices.phrases.templates import draft_of_lines, sentence_lines, template_draft
from exceptions.notices.rendering import can_show
from exceptions.notices.services import Preview, audience_of, preview
from exceptions.notices.services.writing import NOT_TO_OVERRIDE
from exceptions.notices.slots import may_tell, notice_kind_for
from exceptions.notices.stored import StoredFact, read_back, store
from exceptions.parties.models import Contact

UNTOLD = "The text does not say by when you write again. Say it with {next_update}, or leave that time empty."


@dataclass(frozen=True)
class Start:
    """What a notice is written on: a case, its facts, and who is to read it."""

    case: Case
    contacts: list[Contact]
    recipient: Contact
    kind: NoticeKind
    locale: Locale
    facts: tuple[FactLike, ...]
    form: StartForm
    """What was chosen. With errors where the time of the next word is none; the facts are then without it."""

    @property
    def next_update_at(self) -> datetime | None:
        """The time that was typed; None for what stands already."""
        at: datetime | None = self.form.cleaned_data.get("next_update")
        return at

    @property
    def chosen(self) -> dict[str, str]:
        """What the text is written for, as the form of the text posts it along."""
        return {name: self.form.data[name] for name in self.form.fields}

    @property
    def audience(self) -> str:
        return audience_of(self.recipient.account)

    @property
    def known(self) -> tuple[StoredFact, ...]:
        """Facts that this reader may be told and that have words, for the list beside the form."""
        told = [fact for fact in self.facts if may_tell(fact, self.audience) and can_show(fact, self.locale)]
        return read_back(store(told, [fact.key for fact in told]))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Verb.WORK)
def write(request: MemberRequest, number: str) -> HttpResponse:
    viewer = request.viewer
    now = timezone.now()
    case = cases.case_get(viewer, number)
    if not case.is_open:
        raise Conflict(f"{number} is not open any more. Reopen it to write about it.", code="case_not_open")
    start = _start(request, case, _recipients(request, number, now), now)
    if start is None:
        return page(request, "notices/write.html", {"case": case, "start": None})
    if request.method != "POST":
        draft = template_draft(start.kind, start.facts, start.locale, audience=start.audience)
        lines = SentenceFormSet(initial=[{"role": role, "text": text} for role, text in sentence_lines(draft)])
        seen = preview(draft, start.facts, audience=start.audience)
        return _page(request, start, lines, seen, status=422 if start.form.errors else 200)
    lines = SentenceFormSet(request.POST)
    override = OverrideForm(request.POST)
    if not lines.is_valid() or not override.is_valid() or start.form.errors:
        return _page(request, start, lines, None, override=override, status=422)
    try:
        draft = _draft(start, lines)
    except ValueError as error:
        return _page(request, start, lines, None, override=override, said=str(error), status=422)
    said = "" if start.next_update_at is None or NEXT in draft.fact_keys else UNTOLD
    if said or request.POST.get("action") != "save":
        seen = preview(draft, start.facts, audience=start.audience)
        return _page(request, start, lines, seen, override=override, said=said, status=422 if said else 200)
    try:
        with transaction.atomic():
            if start.next_update_at is not None:
                case = update_promise(case, by=start.next_update_at, actor=viewer.actor, now=now)
            laid_down = services.notice_draft_by_hand(
                case=case,
                draft=draft,
                recipient=start.recipient,
                actor=viewer.actor,
                now=now,
                override=override.cleaned_data["override"],
            )
    except Invalid as error:
        seen = preview(draft, start.facts, audience=start.audience)
        return _page(request, start, lines, seen, override=override, said=error.message, status=422)
    toast(request, "Written. It goes out when it is approved.")
    return redirect("notices:written", pk=laid_down.pk)


def _recipients(request: MemberRequest, number: str, now: datetime) -> list[Contact]:
    """Contacts of the case that notices can go to, in the order in which the case lists them."""
    rows = cases.case_detail(request.viewer, number, now=now).contacts
    contacts = Contact.objects.select_related("account").in_bulk([row.id for row in rows])
    found = []
    for row in rows:
        contact = contacts.get(row.id)
        if contact is None or not contact.email:
            continue
        try:
            audience_of(contact.account)
        except Invalid:
            continue
        found.append(contact)
    return found


def _start(request: MemberRequest, case: Case, contacts: list[Contact], now: datetime) -> Start | None:
    """What was chosen, or the sensible choice where nothing (readable) was: a customer first, in their language."""
    if not contacts:
        return None
    asked = request.POST if request.method == "POST" else request.GET
    by_id = {str(contact.pk): contact for contact in contacts}
    first = next((c for c in contacts if c.account_id == case.account_id), contacts[0])
    recipient = by_id.get(asked.get("recipient", ""), first)
    kind, locale = asked.get("kind", ""), asked.get("locale", "")
    language = recipient.locale[:2]
    about = NoticeKind(kind) if kind in NoticeKind.values else notice_kind_for(case.type)
    spoken = Locale(locale if locale in set(Locale) else language if language in set(Locale) else Locale.EN)
    chosen = {"recipient": str(recipient.pk), "kind": about, "locale": spoken}
    form = _start_form(request, case, contacts, now, chosen, audience_of(recipient.account))
    return Start(
        case=case,
        contacts=contacts,
        recipient=recipient,
        kind=about,
        locale=spoken,
        facts=tuple(facts_for(case, now=now, next_update_at=form.cleaned_data.get("next_update"))),
        form=form,
    )


def _start_form(
    request: MemberRequest, case: Case, contacts: list[Contact], now: datetime, chosen: dict[str, str], audience: str
) -> StartForm:
    """Filled in and read. Without the time of the next word where nobody can be promised one, or is not who reads it."""
    asked = request.POST if request.method == "POST" else request.GET
    zone, given = request.viewer.organisation.time_zone, case.next_update_at
    form = StartForm(
        {**chosen, "next_update": asked.get("next_update", "")},
        recipients=[(str(c.pk), f"{c.name}, {c.account.name} <{c.email}>") for c in contacts],
        now=now,
        zone=zone,
        stands=formats.clock(given, zone, now) if given is not None and given > now else "",
    )
    if case.account_id is None or audience != Audience.CUSTOMER:
        del form.fields["next_update"]
    form.full_clean()
    return form


def _draft(start: Start, lines: Any) -> Draft:
    written = [
        (form.cleaned_data["role"], form.cleaned_data["text"]) for form in lines if form.cleaned_data.get("text")
    ]
    return draft_of_lines(start.kind, start.locale, written)


def _page(
    request: MemberRequest,
    start: Start,
    lines: Any,
    seen: Preview | None,
    *,
    override: OverrideForm | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "case": start.case,
        "start": start,
        "start_form": start.form,
        "chosen": start.chosen,
        "lines": lines,
        "seen": seen,
        "override": override or OverrideForm(),
        "may_override": seen is not None and not any(issue.rule in NOT_TO_OVERRIDE for issue in seen.issues),
        "said": said,
    }
    return page(request, "notices/write.html", context, fragment="notices/_check.html", status=status)
