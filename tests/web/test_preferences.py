"""How the screens look for one person, and what the navigation shows them."""

from collections.abc import Callable

import pytest
from django.test import Client

from controltower.tenancy.models import User
from controltower.tenancy.viewer import Viewer
from controltower.web import nav
from controltower.web.checks import navigation_resolves

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
PATH = "/settings/preferences/"


def user_of(viewer: Viewer) -> User:
    assert viewer.user is not None
    return User.objects.get(pk=viewer.user.pk)


def test_the_member_menu_changes_the_theme_and_nothing_else(client_for: SignIn, coordinator: Viewer) -> None:
    client = client_for(coordinator)
    response = client.post(PATH, {"theme": "dark", "next": "/?q=owner:me"})
    assert response["Location"] == "/?q=owner:me"
    user = user_of(coordinator)
    assert (user.theme, user.density, user.single_keys) == ("dark", "cosy", True)
    assert 'data-theme="dark"' in client.get("/").content.decode()


def test_the_whole_form_can_switch_single_keys_off(client_for: SignIn, coordinator: Viewer) -> None:
    client = client_for(coordinator)
    client.post(PATH, {"whole": "1", "theme": "auto", "density": "compact"})
    assert (user_of(coordinator).density, user_of(coordinator).single_keys) == ("compact", False)
    text = client.get("/").content.decode()
    assert 'data-keys="off"' in text and 'data-density="compact"' in text and "data-theme" not in text


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "NaN", "tenancy:nowhere", "queue?q=a"])
def test_it_never_sends_people_but_to_a_path_of_ours(client_for: SignIn, coordinator: Viewer, wanted: str) -> None:
    response = client_for(coordinator).post(PATH, {"theme": "dark", "next": wanted})
    assert response["Location"] == PATH


def test_an_unknown_theme_is_refused_beside_its_field(client_for: SignIn, coordinator: Viewer) -> None:
    response = client_for(coordinator).post(PATH, {"theme": "neon"})
    assert response.status_code == 422 and user_of(coordinator).theme == "auto"


def test_preferences_are_for_the_signed_in(client: Client) -> None:
    assert client.get(PATH).status_code == 302


@pytest.mark.parametrize(
    ("page", "home"),
    [
        ("cases:case", "cases:queue"),
        ("ops:audit", "ops:audit"),
        ("ops:audit_verify", "ops:audit"),
        ("ops:readyz", ""),
        ("intake:message", ""),
        ("", ""),
    ],
)
def test_a_page_below_another_marks_the_way_back(monkeypatch: pytest.MonkeyPatch, page: str, home: str) -> None:
    monkeypatch.setattr(nav, "_items", {})
    for name in ("cases:queue", "ops:audit", "ops:jobs", "intake:partners", "intake:dead_letters"):
        nav.register(name, name, order=1)
    assert nav.home_of(page) == home


def test_the_navigation_shows_what_the_role_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nav, "_items", {})
    nav.register("Queue", "cases:queue", order=10, verb="VIEW")
    nav.register("Preferences", "tenancy:preferences", order=20, verb="ADMINISTER", section="manage")
    assert [link.label for link in nav.links({"VIEW"}, "cases:queue")] == ["Queue"]
    assert nav.links({"VIEW"}, "cases:queue")[0].current
    assert [link.section for link in nav.links({"VIEW", "ADMINISTER"})] == ["work", "manage"]


def test_a_page_that_does_not_exist_is_reported_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nav, "_items", {})
    nav.register("Ghost", "ghosts:all", order=1)
    assert nav.links(set()) == []
    assert [message.id for message in navigation_resolves(None)] == ["web.E001"]


def test_every_registered_page_exists() -> None:
    assert navigation_resolves(None) == []
