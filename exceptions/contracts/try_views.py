"""Try it: pick a case or type facts, and see which term applies and why, its deadline, its price, its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import F, Q
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from controltower.errors import NotFound
from controltower.tenancy.guards import requires
from controltower.tenancy.http import MemberRequest
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer
from controltower.web.render import page
from exceptions.cases.models import OPEN_STATES, Case
from exceptions.cases.selectors import case_get, queue_page
from exceptions.cases.selectors.later import places_of
from exceptions.cases.selectors.parts import place_words
from exceptions.cases.selectors.queue import cases_visible
from exceptions.cases.taxonomy import TYPES, Severity
from exceptions.contracts.common import SinceField, offer
from exceptions.contracts.replaying import REPLAYED, Seen, Timed, case_seen, replay
from exceptions.contracts.trying import Facts, try_facts
from exceptions.contracts.words import price_words
from exceptions.parties.choosing import Choice, NamedField, choice_of, choose_from
from exceptions.shipments.models import Mode
from exceptions.sla.book import Book, account_path, book_now, book_trying
from exceptions.sla.explaining import phrase
from exceptions.sla.models import ContractVersion, Side, VersionState
from exceptions.sla.pricing import Money, Situation
from exceptions.sla.selectors.contracts import contracts_visible, version_get

DEADLINES = 24
AMOUNTS = (
    ("at_risk", "At risk"),
    ("avoidable", "Still avoidable"),
    ("lost", "Lost"),
    ("recoverable", "Recoverable"),
)


class TryForm(forms.Form):
    """A case, or facts instead of one."""

    case = forms.CharField(
        label="A case", max_length=60, required=False, help_text="EX-1042, or a reference of its freight"
    )
    version = forms.ChoiceField(label="As if this held", required=False)
    account = NamedField(label="Customer", empty="nobody, the house")
    theirs = NamedField(
        label="Carrier or other party", required=False, help_text="Name or code; shows what they owe us, too"
    )
    case_type = forms.ChoiceField(
        label="Type of case",
        required=False,
        initial="delivery_late",
        choices=[("", "Not said"), *((entry.code, entry.label) for entry in TYPES)],
    )
    severity = forms.ChoiceField(label="Severity", required=False, choices=[("", "Not said"), *Severity.choices])
    service = forms.CharField(label="Service", max_length=60, required=False)
    mode = forms.ChoiceField(label="Mode", required=False, choices=[("", "Not said"), *Mode.choices])
    lane = forms.CharField(label="Lane", max_length=40, required=False, help_text="Such as US-TX>US-IL")
    goods_class = forms.CharField(label="Goods", max_length=40, required=False, help_text="Class, such as produce")
    value = forms.DecimalField(label="Value of the order", required=False, min_value=0, max_digits=14, decimal_places=2)
    since = SinceField(label="The clock starts", required=False, help_text="For windows: when the window ends")

    def __init__(
        self, data: Any = None, *, accounts: Choice, others: Choice, drafts: list[ContractVersion], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        choose_from(self, "account", accounts)
        choose_from(self, "theirs", others)
        named = [(f"{row.contract_id}/{row.number}", f"{row.contract.name}, draft {row.number}") for row in drafts]
        offer(self, "version", [("", "What holds today"), *named])


@require_safe
@requires(Verb.VIEW)
def trial(request: MemberRequest) -> HttpResponse:
    """A link can be shared: everything that is tried stands in the address."""
    viewer, now = request.viewer, timezone.now()
    form = _form(request, now)
    context: dict[str, Any] = {"form": form}
    status = 200
    if form.is_bound:
        if form.is_valid():
            context |= _tried(viewer, form, now)
        else:
            status = 422
    return page(request, "contracts/try.html", context, fragment={"tried": "contracts/_trial.html"}, status=status)


def _form(request: MemberRequest, now: datetime) -> TryForm:
    viewer = request.viewer
    drafts = ContractVersion.objects.filter(state=VersionState.DRAFT, contract__in=contracts_visible(viewer))
    zone = ZoneInfo(viewer.organisation.time_zone)
    return TryForm(
        request.GET or None,
        accounts=choice_of(viewer),
        others=choice_of(viewer, "other"),
        drafts=list(drafts.select_related("contract").order_by("contract__name")),
        initial={"since": f"{now.astimezone(zone):%Y-%m-%dT%H:%M}", "case_type": "delivery_late"},
    )


@dataclass(frozen=True)
class CaseTried:
    """A case in words and amounts, as it is priced now or as a draft would price it, with its place among the open ones
    and its deadlines. more: of these that are not listed. today, place_today: its line and place without the draft."""

    case: Case
    told: Mapping[str, Any]
    amounts: list[tuple[str, Decimal]]
    currency: str
    deadlines: list[Timed]
    more: int
    place: str
    today: str
    place_today: str


def _tried(viewer: Viewer, form: TryForm, now: datetime) -> dict[str, Any]:
    data = form.cleaned_data
    version = _version(viewer, data["version"])
    book = book_now()
    other = book_trying(version, book.day(now)) if version else None
    told: dict[str, Any] = {"version": version, "zone": book.zone}
    case = None
    if data["case"].strip():
        try:
            case = _case(viewer, data["case"].strip(), now)
        except NotFound as problem:
            form.add_error("case", problem.message)
            return told
        if other is None:
            told["one"] = _as_seen(viewer, case, case_seen(case, book, now))
    elif data["account"] or data["case_type"]:
        tried, assessment = try_facts(_facts(viewer, form, book, now), other or book, now)
        told |= {"tried": [(one, price_words(one.bound.row.price) if one.bound else "") for one in tried]}
        told |= {"phrase": phrase(assessment, now), "place": place_words(*places_of(viewer, assessment.rank))}
    if version and other:
        told["replay"], seen = replay(_affected(viewer, version), book, other, now, case=case)
        if case and seen:
            told["one"] = _as_seen(viewer, case, seen)
    return told


def _as_seen(viewer: Viewer, case: Case, seen: Seen) -> CaseTried:
    assessment = seen.priced.assessment
    above, above_today = places_of(viewer, assessment.rank, case.rank, besides=case) if case.is_open else (None, None)
    return CaseTried(
        case,
        seen.priced.explanation,
        amounts=[(label, getattr(assessment, name)) for name, label in AMOUNTS],
        currency=assessment.currency,
        deadlines=seen.deadlines[:DEADLINES],
        more=max(0, len(seen.deadlines) - DEADLINES),
        place=place_words(above) if case.is_open else "",
        today=str(case.explanation.get("phrase", "")),
        place_today=place_words(above_today),
    )


def _facts(viewer: Viewer, form: TryForm, book: Book, now: datetime) -> Facts:
    data = form.cleaned_data
    account, theirs = data["account"], data["theirs"]
    since = data["since"].replace(tzinfo=ZoneInfo(book.zone)).astimezone(UTC) if data["since"] else now
    situation = Situation(
        accounts=account_path(account),
        tier=account.tier if account else None,
        **{name: data[name] for name in ("case_type", "severity", "service", "mode", "lane", "goods_class")},
    )
    value = Money(data["value"], book.currency) if data["value"] is not None else None
    against = situation._replace(accounts=account_path(theirs), tier=theirs.tier) if theirs else None
    return Facts(situation, since, value, against)


def _case(viewer: Viewer, named: str, now: datetime) -> Case:
    """By number, else the first of the queue that a search for it finds."""
    if named.upper().startswith("EX-"):
        number = named
    else:
        rows = queue_page(viewer, named, now=now, size=1).rows
        if not rows:
            raise NotFound(f"No open case has {named} among its references.")
        number = rows[0].number
    return case_get(viewer, number)


def _version(viewer: Viewer, chosen: str) -> ContractVersion | None:
    pk, _, number = chosen.partition("/")
    return version_get(viewer, int(pk), int(number)) if number else None


def _affected(viewer: Viewer, version: ContractVersion) -> list[Case]:
    """Open cases that the contract holds for, the most urgent first; one more than are priced, to say that there are.

    What others owe us is owed for anybody's freight, and a case of several customers may be about any of them.
    """
    found = cases_visible(viewer).filter(state__in=OPEN_STATES).select_related("account")
    account = version.contract.account
    if account is not None and version.contract.side == Side.PAYABLE:
        found = found.filter(Q(account=None) | Q(account__path__startswith=account.path))
    return list(found.order_by(F("rank").desc(nulls_last=True), "-pk")[: REPLAYED + 1])
