"""Settings: who may, who may not, and what nobody may."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import timezone

from controltower.audit.models import AuditEntry
from controltower.errors import Conflict, Forbidden, Invalid
from controltower.tenancy import services
from controltower.tenancy.access import digest_of, identify, viewer_of
from controltower.tenancy.addresses import address_prove
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import ApiKey, Member, Organisation, Role, User
from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer

pytestmark = pytest.mark.django_db
SignIn = Callable[[Viewer], Client]

ADMINISTRATORS_ONLY = [
    "/settings/members/",
    "/settings/members/add/",
    "/settings/keys/",
    "/settings/organisation/",
]
RIGHTS: dict[str, Any] = {"role": Role.COORDINATOR, "authority_limit": None, "restricted": False}


def add(
    organisation: Organisation, administrator: Viewer, email: str = "nora@meridian.example", **more: Any
) -> services.Added:
    with acting_for(organisation):
        return services.member_add(
            email=email, name="Nora", **{**RIGHTS, **more}, actor=administrator.actor, now=timezone.now()
        )


@pytest.mark.parametrize("path", ADMINISTRATORS_ONLY)
@pytest.mark.parametrize("role", ["coordinator", "supervisor", "auditor"])
def test_only_administrators_change_settings(
    client_for: SignIn, request: pytest.FixtureRequest, role: str, path: str
) -> None:
    assert client_for(request.getfixturevalue(role)).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/settings/", *ADMINISTRATORS_ONLY])
def test_administrators_find_everything(client_for: SignIn, administrator: Viewer, path: str) -> None:
    assert client_for(administrator).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/settings/", *ADMINISTRATORS_ONLY])
def test_nobody_gets_in_without_signing_in(client: Client, path: str, db: None) -> None:
    assert client.get(path).status_code == 302


class TestMembers:
    def test_a_newcomer_gets_a_link_that_opens_their_own_account_once(
        self, client_for: SignIn, administrator: Viewer, client: Client
    ) -> None:
        data = {"email": "Nora@Meridian.example", "name": "Nora", "role": "supervisor", "authority_limit": "5000"}
        shown = client_for(administrator).post("/settings/members/add/", data).content.decode()
        found = re.search(r"http://testserver(/accounts/password/reset/key/[^<]+)", shown)
        assert found is not None
        form = client.get(found[1], follow=True)
        assert form.status_code == 200
        path = form.redirect_chain[-1][0]
        client.post(path, {"password1": "a long enough phrase", "password2": "a long enough phrase"})
        user = User.objects.get(email="nora@meridian.example")
        assert user.check_password("a long enough phrase")
        assert client.get(found[1], follow=True).context.get("token_fail"), "the link opened the account twice"

    def test_a_person_known_elsewhere_is_no_way_into_their_account(
        self, client_for: SignIn, administrator: Viewer, stranger: Viewer
    ) -> None:
        assert stranger.user is not None
        data = {"email": stranger.user.email, "name": "Taken over", "role": "coordinator"}
        answer = client_for(administrator).post("/settings/members/add/", data, follow=True)
        assert b"/password/reset/key/" not in answer.content
        stranger.user.refresh_from_db()
        assert stranger.user.name == "Stran"

    def test_nobody_is_added_twice(self, organisation: Organisation, administrator: Viewer) -> None:
        add(organisation, administrator)
        with pytest.raises(Conflict, match="member already"):
            add(organisation, administrator, email="NORA@meridian.example")

    def test_a_sign_in_that_nobody_confirmed_by_mail_is_not_let_in(
        self, organisation: Organisation, administrator: Viewer, client: Client
    ) -> None:
        """Whoever made it first, as an administrator elsewhere, may not be the person behind the address."""
        user = User.objects.create_user("sue@a.example", "chosen by somebody else")
        with pytest.raises(Conflict, match="never confirmed"):
            add(organisation, administrator, email=user.email)
        address_prove(User, None, user)
        assert add(organisation, administrator, email=user.email).member.user == user

    def test_in_production_the_link_goes_by_mail_alone(
        self, client_for: SignIn, administrator: Viewer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings, "PRODUCTION", True)
        data = {"email": "nora@meridian.example", "name": "Nora", "role": "coordinator"}
        shown = client_for(administrator).post("/settings/members/add/", data).content.decode()
        assert "password/reset/key" not in shown
        assert "Forgot your password?" in shown

    def test_nobody_is_made_an_integration(self, organisation: Organisation, administrator: Viewer) -> None:
        with pytest.raises(Invalid):
            add(organisation, administrator, role=Role.INTEGRATION)

    def test_an_administrator_does_not_raise_themselves(self, client_for: SignIn, administrator: Viewer) -> None:
        path = f"/settings/members/{administrator.member.pk}/"
        answer = client_for(administrator).post(path, {"role": "supervisor", "is_active": "on"})
        assert answer.status_code == 422
        assert b"Nobody changes their own rights" in answer.content

    def test_the_last_administrator_stays(self, organisation: Organisation, administrator: Viewer) -> None:
        second = add(organisation, administrator, role=Role.ADMINISTRATOR).member
        change = {"authority_limit": None, "restricted": False, "now": timezone.now()}
        with acting_for(organisation):
            services.member_change(
                administrator.member,
                role=Role.AUDITOR,
                is_active=True,
                actor=Viewer.of(second, organisation).actor,
                **change,
            )
            with pytest.raises(Conflict, match="last administrator"):
                services.member_change(second, role=Role.AUDITOR, is_active=True, actor=administrator.actor, **change)

    def test_who_left_cannot_come_in(
        self, organisation: Organisation, client_for: SignIn, administrator: Viewer, coordinator: Viewer
    ) -> None:
        client = client_for(coordinator)
        assert client.get("/settings/").status_code == 200
        data = {"role": "coordinator"}
        assert client_for(administrator).post(f"/settings/members/{coordinator.member.pk}/", data).status_code == 302
        assert client.get("/settings/").status_code == 302

    def test_what_changed_is_on_record_without_names(self, organisation: Organisation, administrator: Viewer) -> None:
        member = add(organisation, administrator).member
        with acting_for(organisation):
            services.member_change(
                member,
                role=Role.SUPERVISOR,
                authority_limit=Decimal("900"),
                restricted=True,
                is_active=True,
                actor=administrator.actor,
                now=timezone.now(),
            )
            entries = AuditEntry.objects.filter(subject=f"member:{member.pk}")
            assert [entry.verb for entry in entries] == ["member.added", "member.changed"]
            assert not any("nora" in (entry.before + entry.after).lower() for entry in entries)

    def test_members_of_another_organisation_do_not_exist(
        self, client_for: SignIn, administrator: Viewer, stranger: Viewer
    ) -> None:
        client = client_for(administrator)
        assert b"Stran" not in client.get("/settings/members/").content
        path = f"/settings/members/{stranger.member.pk}/"
        assert client.get(path).status_code == 404
        assert client.post(path, {"role": "auditor"}).status_code == 404
        with acting_for(stranger.organisation):
            assert Member.objects.get(pk=stranger.member.pk).role == Role.SUPERVISOR


class TestKeys:
    def create(self, client: Client) -> str:
        shown = client.post("/settings/keys/create/", {"name": "WMS Phoenix", "scopes": ["INGEST"]})
        assert "no-store" in shown["Cache-Control"]
        found = re.search(r"ct_[\w-]{43}", shown.content.decode())
        assert found is not None
        return found[0]

    def test_the_secret_is_shown_once_and_not_kept(
        self, organisation: Organisation, client_for: SignIn, administrator: Viewer
    ) -> None:
        client = client_for(administrator)
        secret = self.create(client)
        with acting_for(organisation):
            key = ApiKey.objects.get()
        assert key.digest == digest_of(secret)
        assert secret not in client.get("/settings/keys/").content.decode()
        assert key.prefix in client.get("/settings/keys/").content.decode()

    def test_a_key_does_what_it_was_made_for_and_opens_no_page(
        self, client_for: SignIn, administrator: Viewer, client: Client
    ) -> None:
        secret = self.create(client_for(administrator))
        headers = {"Authorization": f"Bearer {secret}"}
        for path in ("/notices/", "/settings/keys/", "/settings/"):
            assert client.get(path, headers=headers).status_code in (401, 403), path
        found = identify(RequestFactory().get("/api/v1/", headers=headers))
        assert found is not None
        with acting_for(found.organisation_id):
            viewer = viewer_of(found)
        assert viewer is not None and viewer.verbs == {Verb.INGEST}

    def test_rotation_leaves_the_old_key_a_day(
        self, organisation: Organisation, client_for: SignIn, administrator: Viewer
    ) -> None:
        client = client_for(administrator)
        old = self.create(client)
        with acting_for(organisation):
            key = ApiKey.objects.get()
        shown = client.post(f"/settings/keys/{key.pk}/rotate/").content.decode()
        found = re.search(r"ct_[\w-]{43}", shown)
        assert found is not None and found[0] != old
        with acting_for(organisation):
            key.refresh_from_db()
            assert ApiKey.objects.count() == 2
            assert Member.objects.filter(role=Role.INTEGRATION).count() == 1
        assert key.expires_at is not None
        assert timedelta(hours=23) < key.expires_at - timezone.now() <= timedelta(hours=24)

    def test_a_revoked_key_opens_nothing(
        self, organisation: Organisation, client_for: SignIn, administrator: Viewer
    ) -> None:
        admin = client_for(administrator)
        call = RequestFactory().get("/api/v1/", headers={"Authorization": f"Bearer {self.create(admin)}"})
        assert identify(call) is not None
        with acting_for(organisation):
            key = ApiKey.objects.get()
        assert admin.post(f"/settings/keys/{key.pk}/revoke/").status_code == 302
        assert identify(call) is None
        assert admin.post(f"/settings/keys/{key.pk}/revoke/").status_code == 409

    @pytest.mark.parametrize(
        "data",
        [
            {"name": "", "scopes": ["INGEST"]},
            {"name": "x"},
            {"name": "x", "scopes": ["DECIDE"]},
            {"name": "x", "scopes": ["INGEST"], "expires_on": "2020-01-01"},
            {"name": "x", "scopes": ["INGEST"], "expires_on": "soon"},
        ],
    )
    def test_what_makes_no_sense_makes_no_key(
        self, organisation: Organisation, client_for: SignIn, administrator: Viewer, data: dict[str, Any]
    ) -> None:
        assert client_for(administrator).post("/settings/keys/create/", data).status_code == 422
        with acting_for(organisation):
            assert not ApiKey.objects.exists()

    def test_keys_of_another_organisation_do_not_exist(
        self, client_for: SignIn, administrator: Viewer, stranger: Viewer
    ) -> None:
        with acting_for(stranger.organisation):
            made = services.key_create(
                name="Theirs", scopes=["INGEST"], expires_at=None, actor=stranger.actor, now=timezone.now()
            )
        client = client_for(administrator)
        assert b"Theirs" not in client.get("/settings/keys/").content
        for action in ("rotate", "revoke"):
            assert client.post(f"/settings/keys/{made.key.pk}/{action}/").status_code == 404


class TestOrganisation:
    def form(self, **changes: str) -> dict[str, str]:
        return {
            "name": "Meridian Forwarding",
            "time_zone": "America/Phoenix",
            "hold_seconds": "30",
            "reply_to": "service@meridian.example",
            **changes,
        }

    def test_settings_are_changed_and_on_record(
        self, organisation: Organisation, client_for: SignIn, administrator: Viewer
    ) -> None:
        assert client_for(administrator).post("/settings/organisation/", self.form()).status_code == 302
        organisation.refresh_from_db()
        assert (organisation.time_zone, organisation.hold_seconds) == ("America/Phoenix", 30)
        with acting_for(organisation):
            entry = AuditEntry.objects.get(verb="organisation.changed")
        assert "service@" not in entry.after, "an address is personal data"

    @pytest.mark.parametrize("wrong", [{"time_zone": "Mars/Olympus"}, {"hold_seconds": "9999999"}, {"name": ""}])
    def test_nonsense_is_refused(
        self, organisation: Organisation, client_for: SignIn, administrator: Viewer, wrong: dict[str, str]
    ) -> None:
        assert client_for(administrator).post("/settings/organisation/", self.form(**wrong)).status_code == 422
        organisation.refresh_from_db()
        assert organisation.hold_seconds == 0


class TestSwitching:
    def test_a_member_of_two_organisations_works_in_either(
        self, organisation: Organisation, other_organisation: Organisation, client_for: SignIn, coordinator: Viewer
    ) -> None:
        with acting_for(other_organisation):
            Member.objects.create(user=coordinator.user, role=Role.AUDITOR)
        client = client_for(coordinator)
        assert b"Northgate Logistics" in client.get("/settings/").content
        client.post("/settings/switch/", {"organisation": str(other_organisation.pk)})
        shown = client.get("/settings/").content.decode()
        assert "auditor of Northgate Logistics" in shown

    @pytest.mark.parametrize("wanted", ["", "x", "999999"])
    def test_nobody_switches_to_where_they_are_not(
        self, other_organisation: Organisation, client_for: SignIn, coordinator: Viewer, wanted: str
    ) -> None:
        client = client_for(coordinator)
        assert client.post("/settings/switch/", {"organisation": wanted}).status_code == 404
        assert client.post("/settings/switch/", {"organisation": str(other_organisation.pk)}).status_code == 404


@pytest.mark.parametrize(
    "path", ["/accounts/password/change/", "/accounts/2fa/", "/accounts/email/", "/accounts/logout/"]
)
def test_pages_of_ones_own_account_open_in_our_layout(client_for: SignIn, coordinator: Viewer, path: str) -> None:
    client = client_for(coordinator)
    assert coordinator.user is not None
    coordinator.user.set_password("a long enough phrase")
    coordinator.user.save()
    client.force_login(coordinator.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    shown = client.get(path, follow=True)
    assert shown.status_code == 200
    assert b"plain__main" in shown.content
    assert b"style=" not in shown.content


def test_forbidden_is_raised_for_ones_own_rights(organisation: Organisation, administrator: Viewer) -> None:
    with acting_for(organisation), pytest.raises(Forbidden):
        services.member_change(
            administrator.member,
            role=Role.SUPERVISOR,
            authority_limit=Decimal(10**6),
            restricted=False,
            is_active=True,
            actor=administrator.actor,
            now=timezone.now(),
        )


def test_nobody_gives_themselves_the_address_of_somebody_else(client_for: SignIn, stranger: Viewer) -> None:
    """Whoever held it would be let in when an administrator elsewhere adds the person whose address it is."""
    browser = client_for(stranger)
    for action in ("action_add", "action_primary"):
        browser.post("/accounts/email/", {action: "", "email": "boss@meridian.example"})
    assert User.objects.get(pk=stranger.user.pk).email == "stran@northgate.example"
