"""Puts the cast on stage: two organisations, their people, companies, agreements and partners."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from guardian.shortcuts import assign_perm

from controltower.audit import SYSTEM
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Member, Organisation, Role, User
from exceptions.demo import companies
from exceptions.demo.agreements import AGREEMENTS, LEADS, OFFICES, Agreement
from exceptions.demo.companies import Company
from exceptions.demo.deliveries import SERVER
from exceptions.demo.script import DESK, EDI, MAILBOX, PARCEL, TELEMATICS, TMS
from exceptions.intake.services import partner_create
from exceptions.parties.models import Account, AccountKind, Contact, ContactRole, Partner
from exceptions.parties.services import account_create, contact_create, location_create
from exceptions.shipments.canonical import SourceRank
from exceptions.sla.calendars import WEEKDAYS, intervals_from_data
from exceptions.sla.models import Calendar, Contract, ContractVersion, CurrencyRate, LeadTime, Term, VersionState

PASSWORD = "tower-demo"  # shown on the terminal; the demo listens on this machine only
WORKED, KEPT_APART = "meridian", "northgate"

# Whose mails are believed when Meridian's mail server vouches for them.
MAPPINGS = {MAILBOX: {"trusted": ["transvale.example"], "authserv_id": SERVER, "zone": "America/Chicago"}}

# e-mail, name, role, authority limit, granted accounts (empty: sees all)
PEOPLE: tuple[tuple[str, str, Role, Decimal | None, tuple[str, ...]], ...] = (
    ("cora@meridian.example", "Cora Velasquez", Role.COORDINATOR, None, ()),
    ("dan@meridian.example", "Dan Okafor", Role.COORDINATOR, None, ("HARBORLINE", "DESERTBLOOM")),
    ("sam@meridian.example", "Sam Whitaker", Role.SUPERVISOR, Decimal(100_000), ()),
    ("ada@meridian.example", "Ada Lindgren", Role.ADMINISTRATOR, None, ()),
    ("aude@meridian.example", "Aude Marchand", Role.AUDITOR, None, ()),
)
STRANGER = ("nora@northgate.example", "Nora Stein", Role.SUPERVISOR, Decimal(50_000))


def raise_curtain(now: datetime) -> Organisation:
    """Make everything the stories stand on. `now` is when the day starts; the companies have been there for a month."""
    before = now - timedelta(days=30)
    organisation = Organisation.objects.create(
        name="Meridian Forwarding",
        slug=WORKED,
        time_zone="America/Chicago",
        currency="USD",
        reply_to="care@meridian.example",
    )
    Organisation.objects.filter(pk=organisation.pk).update(created_at=now)
    organisation.created_at = now
    password = make_password(PASSWORD)  # slow on purpose, so once for all who share it
    with acting_for(organisation):
        accounts = _companies(before)
        _agreements(accounts, before.date())
        _partners(accounts, before)
        for email, name, role, limit, granted in PEOPLE:
            member = _person(email, name, role, limit, password, restricted=bool(granted))
            for code in granted:
                assign_perm("parties.view_account", member.user, accounts[code])
    _other_organisation(before, password)
    return organisation


def _other_organisation(now: datetime, password: str) -> None:
    """A second tenant with a customer of its own: what one sees, the other must not."""
    other = Organisation.objects.create(
        name="Northgate Logistics", slug=KEPT_APART, time_zone="Europe/Berlin", currency="EUR"
    )
    with acting_for(other):
        account_create(code="NORDHAVN", name="Nordhavn Trading", kind=AccountKind.CUSTOMER, actor=SYSTEM, now=now)
        _person(*STRANGER, password)


def _person(
    email: str, name: str, role: Role, limit: Decimal | None, password: str, *, restricted: bool = False
) -> Member:
    user = User.objects.create(email=email, password=password, name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return Member.objects.create(user=user, role=role, authority_limit=limit, restricted=restricted)


def _companies(now: datetime) -> dict[str, Account]:
    accounts: dict[str, Account] = {}
    ltl = tuple(
        Company(
            code,
            name,
            AccountKind.CONSIGNEE,
            (desk, ContactRole.RECEIVING, "+1 775 555 0100", companies.PACIFIC),
            tier=3,
        )
        for code, name, desk in companies.LTL_CONSIGNEES
    )
    everybody = companies.CUSTOMERS + companies.CARRIERS + companies.SHIPPERS + companies.CONSIGNEES + ltl
    for company in everybody:
        accounts[company.code] = account_create(
            code=company.code,
            name=company.name,
            kind=company.kind,
            actor=SYSTEM,
            now=now,
            parent=accounts.get(company.parent),
            tier=company.tier,
            scac=company.scac,
            preferences={
                "locale": company.locale,
                "channel": "email",
                "tell_consignee": company.tells_consignee,
            },
        )
        _primary_contact(company, accounts[company.code], now)
    for spot in companies.LOCATIONS:
        location_create(
            name=spot.name,
            kind=spot.kind,
            zone=spot.zone,
            actor=SYSTEM,
            now=now,
            account=accounts.get(spot.account),
            code=spot.code,
            city=spot.city,
            region=spot.region,
            country=spot.country,
            unlocode=spot.unlocode,
        )
    return accounts


def _primary_contact(company: Company, account: Account, now: datetime) -> Contact:
    name, role, phone, zone = company.person
    hours = companies.ROUND_THE_CLOCK if company.kind == AccountKind.CARRIER else companies.OFFICE
    if company.code == "BLUEWATER":
        hours = companies.DRAY_DESK
    return contact_create(
        account=account,
        name=name,
        role=role,
        actor=SYSTEM,
        now=now,
        zone=zone,
        email=f"{role.replace('_', '-')}@{company.code.lower()}.example",
        phone=phone,
        locale=company.locale,
        hours=hours,
        is_primary=True,
    )


def _agreements(accounts: dict[str, Account], since: date) -> None:
    for agreement in AGREEMENTS:
        account = accounts.get(agreement.account)
        contract = Contract.objects.create(
            side=agreement.side, account=account, code=agreement.code, name=agreement.name, currency=agreement.currency
        )
        version = ContractVersion.objects.create(
            contract=contract, number=1, state=VersionState.ACTIVE, effective_from=since - timedelta(days=300)
        )
        _terms(agreement, version, account)
        if agreement.drafted:
            draft = ContractVersion.objects.create(
                contract=contract, number=2, effective_from=since + timedelta(days=45), note=agreement.drafted
            )
            _terms(agreement, draft, account)
    for office in OFFICES:
        week = intervals_from_data(office.week)
        days = WEEKDAYS if not office.account else WEEKDAYS[:5]
        Calendar.objects.create(
            name=office.name,
            account=accounts.get(office.account),
            zone=office.zone,
            intervals={day: [[f"{at // 60:02}:{at % 60:02}" for at in span] for span in week] for day in days},
            holiday_country=office.country,
            holiday_subdivision=office.subdivision,
        )
    CurrencyRate.objects.create(
        currency="EUR", rate=Decimal("1.0850"), valid_from=since, source="Reference rate of the month"
    )
    for lead in LEADS:
        LeadTime.objects.create(
            action=lead.action,
            case_type=lead.case_type,
            account=accounts[lead.account],
            minutes=lead.minutes,
            cost=Decimal(lead.cost),
            currency="USD",
            p_act=lead.p_act,
        )


def _terms(agreement: Agreement, version: ContractVersion, account: Account | None) -> None:
    for promise in agreement.promises:
        Term.objects.create(
            version=version,
            kind=promise.kind,
            name=promise.name,
            account=account,
            service=promise.service,
            mode=promise.mode,
            case_type=promise.case_type,
            subkind=promise.subkind,
            counting=promise.counting,
            lane=promise.lane,
            allowed_days=promise.days,
            notice_minutes=promise.notice,
            starts=promise.starts,
            measured=promise.measured,
            severity=promise.severity,
            tier=promise.tier,
            allowed_minutes=promise.minutes,
            price=promise.price,
        )


def _partners(accounts: dict[str, Account], now: datetime) -> None:
    ours = account_create(code="MERIDIAN-TMS", name="Meridian TMS", kind=AccountKind.THREE_PL, actor=SYSTEM, now=now)
    for slug, name, account, preset, rank in (
        (TMS, "Meridian TMS", ours, "cloudevents", SourceRank.EDI),
        (TELEMATICS, "Fleet telematics", accounts["TRANSVALE"], "cloudevents", SourceRank.TELEMATICS),
        (DESK, "Carrier desk mail", accounts["BLUE-CANYON"], "cloudevents", SourceRank.MAIL),
        (PARCEL, "Skylark by EasyPost", accounts["SKYLARK"], "easypost", SourceRank.SCAN),
        (EDI, "Red Mesa EDI", accounts["REDMESA"], "x12", SourceRank.EDI),
        (MAILBOX, "Signals mailbox", accounts["TRANSVALE"], "mail", SourceRank.MAIL),
    ):
        partner = partner_create(
            preset=preset,
            account=account,
            name=name,
            slug=slug,
            default_customer=accounts["ORCHARD"] if preset == "easypost" else None,
            mapping=MAPPINGS.get(slug),
            sandbox=False,
            actor=SYSTEM,
            now=now,
        ).partner
        Partner.objects.filter(pk=partner.pk).update(source_rank=int(rank))
