"""Every route and what it demands, written down twice: on the view, and here. A route that is missing here fails.

Then every role tries every route for real: who lacks the verb gets 403, who is not signed in is sent to the login, and
whoever asks with GET changes nothing.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from controltower.audit import reading
from controltower.tenancy.access import kind_of, verb_of
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Role
from controltower.tenancy.permissions import VERBS, Verb
from tests.conftest import make_viewer

# name -> the verb it needs (or member, public, no_db) and its methods
MATRIX = {
    "cases:queue": "VIEW GET",
    "cases:live": "no_db GET",
    "cases:bulk": "WORK POST",
    "cases:case": "VIEW GET",
    "cases:facts": "VIEW GET",
    "cases:later": "VIEW GET",
    "cases_api:list": "VIEW GET",
    "cases_api:detail": "VIEW GET",
    "cases:merge": "WORK GET POST",
    "cases:export": "EXPORT POST",
    "cases:views": "VIEW GET",
    "cases:view_save": "VIEW POST",
    "cases:view_change": "VIEW POST",
    "cases:view_act": "VIEW POST",
    "cases:detection": "VIEW GET",
    "cases:detection_rule": "VIEW GET",
    "cases:detection_save": "ADMINISTER POST",
    "cases:detection_remove": "ADMINISTER POST",
    "cases:suppressions": "VIEW GET",
    "cases:suppression_add": "OPERATE POST",
    "cases:suppression_end": "OPERATE POST",
    "cases:escalation": "VIEW GET",
    "cases:escalation_save": "AGREE POST",
    "cases:escalation_remove": "AGREE POST",
    "cases:repricings": "AGREE GET",
    "cases:repricing_start": "AGREE POST",
    "cases:repricing_cancel": "AGREE POST",
    "cases:disruptions": "VIEW GET",
    "cases:disruption": "VIEW GET",
    "cases:disruption_decide": "WORK POST",
    "cases:disruption_act": "WORK POST",
    "cases:act": "WORK GET POST",
    "parties:suggested": "VIEW GET",
    "shipments:list": "VIEW GET",
    "shipments:detail": "VIEW GET",
    "shipments:events": "VIEW GET",
    "documents:index": "VIEW GET",
    "documents:upload": "WORK GET POST",
    "documents:review": "VIEW GET",
    "documents:original": "VIEW GET",
    "documents:page_picture": "VIEW GET",
    "documents:accept": "WORK POST",
    "documents:enter": "WORK POST",
    "documents:read_again": "WORK POST",
    "documents:correct": "WORK POST",
    "documents:not_on_document": "WORK POST",
    "reconciliation:case_documents": "VIEW GET",
    "reconciliation:upload_case": "WORK POST",
    "reconciliation:shipment_documents": "VIEW GET",
    "reconciliation:upload_shipment": "WORK POST",
    "reconciliation:document_links": "VIEW GET",
    "reconciliation:confirm": "WORK POST",
    "reconciliation:reject": "WORK POST",
    "notices:list": "VIEW GET",
    "notices:notice": "VIEW GET",
    "notices:cancel": "WORK POST",
    "notices:decide": "DECIDE POST",
    "notices:case_notices": "VIEW GET",
    "notices:write": "WORK GET POST",
    "notices:written": "VIEW GET",
    "notices:approve": "DECIDE POST",
    "notices:discard": "WORK POST",
    "door:receive": "public POST",
    "door:receive_channel": "public POST",
    "intake_api:events": "INGEST POST",
    "intake_api:messages": "INGEST POST",
    "schemas:list": "no_db GET",
    "schemas:schema": "no_db GET",
    "intake_api:message": "INGEST GET",
    "intake_api:acknowledgement": "INGEST GET",
    "intake:partners": "OPERATE GET",
    "intake:partner_create": "ADMINISTER GET POST",
    "intake:dead_letters": "OPERATE GET",
    "intake:replay": "OPERATE POST",
    "intake:message": "OPERATE GET",
    "intake:unmapped": "OPERATE GET",
    "intake:code_map": "ADMINISTER POST",
    "intake:partner": "OPERATE GET",
    "intake:partner_try": "OPERATE POST",
    "intake:mailbox": "ADMINISTER GET POST",
    "intake:mailbox_forget": "ADMINISTER POST",
    "intake:mapping": "OPERATE GET",
    "intake:mapping_try": "OPERATE POST",
    "intake:mapping_save": "ADMINISTER POST",
    "intake:partner_change": "ADMINISTER GET POST",
    "intake:partner_rotate": "ADMINISTER POST",
    "intake:partner_revoke": "ADMINISTER POST",
    "intake:partner_sandbox": "ADMINISTER POST",
    "intake:partner_active": "ADMINISTER POST",
    "contracts:contracts": "VIEW GET",
    "contracts:contract_new": "AGREE GET POST",
    "contracts:try": "VIEW GET",
    "contracts:import": "AGREE GET POST",
    "contracts:export": "VIEW GET",
    "contracts:repricing": "VIEW GET",
    "contracts:contract": "VIEW GET",
    "contracts:contract_change": "AGREE GET POST",
    "contracts:draft_new": "AGREE POST",
    "contracts:version": "VIEW GET",
    "contracts:version_change": "AGREE POST",
    "contracts:version_activate": "AGREE POST",
    "contracts:version_withdraw": "AGREE POST",
    "contracts:draft_discard": "AGREE POST",
    "contracts:term_new": "AGREE GET POST",
    "contracts:term": "AGREE GET POST",
    "contracts:term_remove": "AGREE POST",
    "contracts:lead_times": "VIEW GET",
    "contracts:lead_time": "AGREE GET POST",
    "contracts:lead_time_reset": "AGREE POST",
    "contracts:house": "VIEW GET",
    "contracts:half_life": "AGREE POST",
    "contracts:regimes": "VIEW GET",
    "contracts:regime_confirm": "AGREE GET POST",
    "contracts:regime_withdraw": "AGREE POST",
    "contracts:rates": "VIEW GET",
    "contracts:rate_add": "AGREE POST",
    "contracts:rate_remove": "AGREE POST",
    "contracts:calendars": "VIEW GET",
    "contracts:calendar_new": "AGREE GET POST",
    "contracts:calendar": "VIEW GET",
    "contracts:calendar_change": "AGREE POST",
    "contracts:calendar_remove": "AGREE POST",
    "tenancy:index": "member GET",
    "tenancy:preferences": "member GET POST",
    "tenancy:switch": "member POST",
    "tenancy:organisation": "ADMINISTER GET POST",
    "tenancy:members": "ADMINISTER GET",
    "tenancy:member_add": "ADMINISTER GET POST",
    "tenancy:member": "ADMINISTER GET POST",
    "tenancy:keys": "ADMINISTER GET",
    "tenancy:key_create": "ADMINISTER POST",
    "tenancy:key_rotate": "ADMINISTER POST",
    "tenancy:key_revoke": "ADMINISTER POST",
    "ops:healthz": "no_db GET",
    "ops:readyz": "public GET",
    "ops:metrics": "public GET",
    "ops:status": "OPERATE GET",
    "ops:jobs": "OPERATE GET",
    "ops:jobs_replay": "OPERATE POST",
    "ops:audit": "AUDIT GET",
    "ops:audit_verify": "AUDIT POST",
    "ops:audit_export": "AUDIT POST",
    "ops:mailbox": "VIEW GET",
    "ops:mailbox_mail": "VIEW GET",
    "proposals:list": "VIEW GET",
    "proposals:case_proposals": "VIEW GET",
    "proposals:card": "VIEW GET",
    "proposals:decide": "DECIDE POST",
    "proposals:edit": "WORK GET POST",
    "proposals:cancel": "WORK POST",
}
LIBRARIES = ("admin/", "accounts/", "api/v1/schema/")  # they guard their own views; the schema is public
PLACES = {"number": "EX-1", "slug": "nobody", "action": "take", "name": "x", "channel": "x"}


def routes(resolver: Any = None, namespace: str = "", path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Name, path and view of every pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = path + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace, here)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name or ''}", here, entry.callback


def ours() -> dict[str, Any]:
    return {name: view for name, path, view in routes() if not path.startswith(LIBRARIES) and not name.endswith(":")}


def address(name: str) -> str:
    for _, view_path, _ in [route for route in routes() if route[0] == name]:
        arguments = {part.split(":")[-1].rstrip(">"): part.split(":")[0].lstrip("<") for part in _parts(view_path)}
        values = {key: 1 if kind == "int" else PLACES.get(key, "x") for key, kind in arguments.items()}
        return reverse(name, kwargs=values)
    raise AssertionError(name)


def _parts(path: str) -> list[str]:
    return [chunk.split(">")[0] + ">" for chunk in path.split("<")[1:]]


def test_every_route_is_in_the_matrix_with_what_its_view_demands() -> None:
    demanded = {}
    for name, view in ours().items():
        kind = kind_of(view)
        assert kind != "foreign", f"{name} says nothing about who may call it: use a decorator of tenancy.guards"
        verb = verb_of(view)
        demanded[name] = verb.name if verb else kind
    assert demanded == {name: row.split()[0] for name, row in MATRIX.items()}


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR])
def test_every_role_is_refused_what_it_lacks_and_let_in_where_it_may(organisation, client_for, role) -> None:
    client = client_for(make_viewer(organisation, role, "Rolf"), raise_request_exception=False)
    for name, row in MATRIX.items():
        verb, *methods = row.split()
        if verb in ("public", "no_db"):
            continue
        allowed = verb == "member" or Verb[verb] in VERBS[role]
        for method in methods:
            status = client.generic(method, address(name), content_type="application/x-www-form-urlencoded").status_code
            if allowed:
                assert status not in (403, 500), f"{role} may {verb}: {method} {name} answered {status}"
            else:
                assert status == 403, f"{role} must not {verb}: {method} {name} answered {status}"


@pytest.mark.django_db
def test_nobody_gets_in_without_signing_in() -> None:
    for name, row in MATRIX.items():
        verb, *methods = row.split()
        if verb in ("public", "no_db"):
            continue
        for method in methods:
            answer = Client().generic(method, address(name))
            if address(name).startswith("/api/"):
                assert answer.status_code == 401, f"{method} {name} answered {answer.status_code} without a key"
                continue
            assert answer.status_code == 302, f"{method} {name} answered {answer.status_code} to a stranger"
            assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
def test_what_changes_something_refuses_get_and_get_changes_nothing(organisation, client_for) -> None:
    clients = [
        client_for(make_viewer(organisation, role, role.label)) for role in (Role.SUPERVISOR, Role.ADMINISTRATOR)
    ]
    for name, row in MATRIX.items():
        methods = row.split()[1:]
        statuses = {client.get(address(name)).status_code for client in clients}
        if "GET" not in methods and row.split()[0] not in ("public",):
            assert statuses <= {405, 403}, f"{name} answered a GET with {statuses}"
    with acting_for(organisation):
        assert reading.head(organisation.pk)[0] == 0, "a GET left an entry in the audit trail"
