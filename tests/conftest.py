"""The cast and the stage: two organisations, one member of each role, a stranger, and jobs that really run."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client, TransactionTestCase

from controltower import celery_app, embedded
from controltower.db import as_owner, broker_url
from controltower.jobs.registry import QUEUES
from controltower.jobs.runner import drain
from controltower.tenancy.access import SESSION_KEY
from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Member, Organisation, Role, User
from controltower.tenancy.viewer import Viewer

KEPT_TABLES = ("django_migrations", "django_content_type", "auth_permission", "audit_entry", "audit_head")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run what has a large size at that size")


def pytest_configure(config: pytest.Config) -> None:
    """Examples are the same in every run and no machine is too slow for them; with `--slow` they are new ones."""
    hypothesis.settings.register_profile(
        "suite",
        derandomize=not config.getoption("--slow"),
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
    hypothesis.settings.load_profile("suite")


def _own_redis(number: int) -> None:
    """Each worker of pytest-xdist has a Redis database of its own: what one empties, another may stand on."""
    settings.REDIS_URL = settings.REDIS_URL.replace("db=0", f"db={number}")
    settings.CACHES["default"]["LOCATION"] = settings.REDIS_URL
    settings.CELERY_BROKER_URL = celery_app.conf.broker_url = broker_url(settings.REDIS_URL)


if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    _own_redis(1 + int(worker.removeprefix("gw")))


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, worker_name: str) -> Iterator[None]:
    """The owner makes and drops the test database; the tests run as the runtime role, like web and workers."""
    from django.test.utils import setup_databases, teardown_databases

    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["NAME"] = f"test_tower_{worker_name}"
        with as_owner():
            made = setup_databases(verbosity=0, interactive=False)
        yield
        if settings.CONFIG.embedded_database:
            # A process that a test killed may still hold a connection: the superuser ends it.
            connection.close()
            embedded.drop_database(settings.HOME, connection.settings_dict["NAME"])
        else:
            with as_owner():
                teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    workerinput = getattr(request.config, "workerinput", None)
    return str(workerinput["workerid"]) if workerinput else "main"


def empty_tables(case: TransactionTestCase | None = None) -> None:
    """What a committing test leaves behind goes; the audit trail stays, since nothing can empty it."""
    with as_owner(), connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in KEPT_TABLES]
        for tries_left in reversed(range(10)):
            try:
                cursor.execute("TRUNCATE " + ", ".join(f'"{name}"' for name in tables) + " CASCADE")
                return
            except OperationalError:  # a page that is still open asked for something at this very moment
                if not tries_left:
                    raise
                time.sleep(0.2)


TransactionTestCase._fixture_teardown = empty_tables  # the stock flush runs as the runtime role, which may not


@pytest.fixture(autouse=True)
def _clean_caches() -> Iterator[None]:
    ContentType.objects.clear_cache()
    yield
    cache.clear()


@pytest.fixture
def now() -> datetime:
    """A Tuesday morning: 2026-11-03 15:00 UTC, 09:00 in Chicago."""
    return datetime(2026, 11, 3, 15, 0, tzinfo=UTC)


@pytest.fixture
def organisation(db: None) -> Organisation:
    return Organisation.objects.create(
        name="Meridian Forwarding", slug="meridian", time_zone="America/Chicago", currency="USD", hold_seconds=0
    )


@pytest.fixture
def other_organisation(db: None) -> Organisation:
    return Organisation.objects.create(name="Northgate Logistics", slug="northgate", time_zone="Europe/Berlin")


def make_viewer(organisation: Organisation, role: str, name: str, **fields: object) -> Viewer:
    """A signed-up person with a membership."""
    user = User.objects.create(email=f"{name.lower()}@{organisation.slug}.example", name=name)
    with acting_for(organisation):
        member = Member.objects.create(user=user, role=role, **fields)
    return Viewer.of(member, organisation)


@pytest.fixture
def coordinator(organisation: Organisation) -> Viewer:
    return make_viewer(organisation, Role.COORDINATOR, "Cora")


@pytest.fixture
def supervisor(organisation: Organisation) -> Viewer:
    return make_viewer(organisation, Role.SUPERVISOR, "Sam", authority_limit=Decimal("50000"))


@pytest.fixture
def administrator(organisation: Organisation) -> Viewer:
    return make_viewer(organisation, Role.ADMINISTRATOR, "Ada")


@pytest.fixture
def auditor(organisation: Organisation) -> Viewer:
    return make_viewer(organisation, Role.AUDITOR, "Aude")


@pytest.fixture
def stranger(other_organisation: Organisation) -> Viewer:
    """A supervisor of the other organisation: everything allowed there, nothing visible here."""
    return make_viewer(other_organisation, Role.SUPERVISOR, "Stran", authority_limit=Decimal("50000"))


@pytest.fixture
def acting(organisation: Organisation) -> Iterator[Organisation]:
    with acting_for(organisation):
        yield organisation


@pytest.fixture
def client_for() -> Callable[[Viewer], Client]:
    """A browser in which this member is signed in."""

    def sign_in(viewer: Viewer, **options: object) -> Client:
        client = Client(**options)
        client.force_login(viewer.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session[SESSION_KEY] = viewer.organisation.pk
        session.save()
        return client

    return sign_in


@pytest.fixture
def run_jobs() -> Callable[[], int]:
    """Run due jobs of all queues through the real runner until none is due. Returns how many ran."""

    def run() -> int:
        total = 0
        while ran := sum(drain(queue, limit=200) for queue in QUEUES):
            total += ran
            assert total < 2000, "jobs keep enqueuing jobs"
        return total

    return run
