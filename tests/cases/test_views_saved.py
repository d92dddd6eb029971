"""Saved views on the screens: beside the queue, kept from its filter, and on the page where they are managed."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from controltower.tenancy.context import acting_for
from controltower.tenancy.models import Organisation, Role
from controltower.tenancy.viewer import Viewer
from exceptions.cases import services
from exceptions.cases.models import Case, SavedView
from tests.cases.conftest import HOUR, book, eta
from tests.conftest import make_viewer

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
HTMX = {"HX-Request": "true", "HX-Target": "save-view"}


def kept(viewer: Viewer, name: str = "Mornings", query: str = "owner:me due:<2h", *, shared: bool = False) -> SavedView:
    with acting_for(viewer.organisation):
        return services.view_save(name=name, query=query, is_shared=shared, actor=viewer.actor, now=timezone.now())


def side(client: Client) -> str:
    return client.get("/").content.decode().split("views-title")[-1].split("<main")[0]


def test_the_filter_one_looks_at_is_kept_with_one_form(client_for: SignIn, coordinator: Viewer) -> None:
    client = client_for(coordinator)
    page = client.get("/", {"q": "owner:me due:<2h"}).content.decode()
    assert 'action="/views/save/?q=owner%3Ame+due%3A%3C2h"' in page
    posted = {"name": "Mornings", "query": "owner:me due:<2h"}
    answer = client.post("/views/save/?q=owner%3Ame+due%3A%3C2h", posted, follow=True)
    text = answer.content.decode()
    assert "Saved as Mornings" in text and 'role="heading" aria-level="1">Mornings<' in text
    assert "save-view" not in text, "what is saved already is not offered again"
    assert ">Mornings<" in side(client)


def test_a_whole_list_or_one_of_the_house_is_not_offered_to_be_saved(client_for: SignIn, coordinator: Viewer) -> None:
    client = client_for(coordinator)
    for query in ("", "owner:me", "custmer:acme"):
        assert 'id="save-view"' not in client.get("/", {"q": query}).content.decode(), query


def test_a_name_that_is_taken_comes_back_with_what_was_typed(client_for: SignIn, coordinator: Viewer) -> None:
    kept(coordinator)
    client = client_for(coordinator)
    posted = {"name": "mornings", "query": "owner:none type:delivery_late"}
    whole = client.post("/views/save/?q=owner%3Anone", posted)
    assert whole.status_code == 409 and "You have a view called mornings" in whole.content.decode()
    part = client.post("/views/save/?q=owner%3Anone", posted, headers=HTMX)
    text = part.content.decode()
    assert part.status_code == 409 and "<html" not in text and 'value="mornings"' in text and "open" in text


def test_htmx_goes_to_the_view_that_was_saved(client_for: SignIn, coordinator: Viewer) -> None:
    posted = {"name": "Mornings", "query": "owner:me due:<2h"}
    answer = client_for(coordinator).post("/views/save/", posted, headers=HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/?q=owner%3Ame+due%3A%3C2h")


def test_colleagues_see_what_is_shared_and_nothing_else(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer, stranger: Viewer
) -> None:
    kept(coordinator, "Private")
    kept(coordinator, "Reno", "type:delivery_late", shared=True)
    for viewer, seen in ((coordinator, (True, True)), (supervisor, (False, True)), (stranger, (False, False))):
        for text in (side(client_for(viewer)), client_for(viewer).get("/views/").content.decode()):
            assert ("Private" in text, "Reno" in text) == seen


def test_who_does_not_keep_a_shared_view_has_no_buttons_for_it(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation
) -> None:
    view = kept(coordinator, shared=True)
    with acting_for(organisation):
        other = make_viewer(organisation, Role.COORDINATOR, "Otto")
    client = client_for(other)
    text = client.get("/views/").content.decode()
    assert "kept by Cora" in text and f"/views/{view.pk}/remove/" not in text
    answer = client.post(f"/views/{view.pk}/remove/")
    assert answer.status_code == 403 and "Cora keeps this view" in answer.content.decode()


def test_removing_is_taken_back(client_for: SignIn, coordinator: Viewer) -> None:
    view = kept(coordinator)
    client = client_for(coordinator)
    text = client.post(f"/views/{view.pk}/remove/", {"version": view.version}, follow=True).content.decode()
    assert "Mornings removed" in text and f'action="/views/{view.pk}/restore/"' in text
    text = client.post(f"/views/{view.pk}/restore/", {"version": view.version + 1}, follow=True).content.decode()
    assert "Mornings is back" in text and ">Mornings<" in side(client)


def test_changing_what_somebody_changed_meanwhile_is_refused_and_the_text_stays(
    client_for: SignIn, coordinator: Viewer, supervisor: Viewer
) -> None:
    view = kept(coordinator, shared=True)
    client = client_for(coordinator)
    with acting_for(coordinator.organisation):
        services.view_change(view, name="Nights", query="owner:none", actor=supervisor.actor, now=timezone.now())
    posted = {"name": "Early mornings", "query": "owner:me due:<1h", "version": view.version}
    answer = client.post(f"/views/{view.pk}/change/", posted)
    text = answer.content.decode()
    assert answer.status_code == 409 and "was changed meanwhile" in text and 'value="Early mornings"' in text
    posted["query"], posted["version"] = "owner:me colour:red", view.version + 1
    answer = client.post(f"/views/{view.pk}/change/", posted)
    assert answer.status_code == 422 and "colour: is not a filter" in answer.content.decode()
    posted["query"] = "owner:me due:<1h"
    assert client.post(f"/views/{view.pk}/change/", posted).status_code == 302
    with acting_for(coordinator.organisation):
        assert SavedView.objects.get().name == "Early mornings"


def test_a_filter_that_is_not_understood_any_more_says_so_at_the_view(client_for: SignIn, coordinator: Viewer) -> None:
    view = kept(coordinator)
    with acting_for(coordinator.organisation):
        SavedView.objects.filter(pk=view.pk).update(query="colour:red")
    client = client_for(coordinator)
    assert "colour: is not a filter" in client.get("/views/").content.decode()
    assert "filter not understood" in side(client)
    assert "This filter is not understood" in client.get("/", {"q": "colour:red"}).content.decode()


def test_a_restricted_member_sees_only_their_cases_through_any_view(
    client_for: SignIn, coordinator: Viewer, organisation: Organisation
) -> None:
    now = timezone.now()
    with acting_for(organisation):
        book("482913007", now - 2 * HOUR, now + 5 * HOUR)
        eta("482913007", now - HOUR, now + 8 * HOUR)
        number = Case.objects.get().number
        narrow = make_viewer(organisation, Role.COORDINATOR, "Rita", restricted=True)
    kept(coordinator, "Late", "type:delivery_late", shared=True)
    assert number in client_for(coordinator).get("/", {"q": "type:delivery_late"}).content.decode()
    text = client_for(narrow).get("/", {"q": "type:delivery_late"}).content.decode()
    assert ">Late<" in text and number not in text


def test_views_move_among_their_like(client_for: SignIn, coordinator: Viewer) -> None:
    first, second = kept(coordinator, "a"), kept(coordinator, "b", "owner:none due:<1h")
    client = client_for(coordinator)
    client.post(f"/views/{second.pk}/up/", {"version": second.version})
    text = side(client)
    assert text.index(">b<") < text.index(">a<")
    assert client.post(f"/views/{first.pk}/dance/").status_code == 404


def test_saving_and_removing_with_a_double_click_does_each_once(client_for: SignIn, coordinator: Viewer) -> None:
    client = client_for(coordinator)
    for _ in range(2):
        saved = client.post("/views/save/", {"name": "Mine at night", "query": "owner:me due:<8h"})
        assert saved.status_code == 302
    with acting_for(coordinator.organisation):
        view = SavedView.objects.get(name="Mine at night")
    for _ in range(2):
        assert client.post(f"/views/{view.pk}/remove/", {"version": view.version}).status_code == 302
    with acting_for(coordinator.organisation):
        assert SavedView.objects.get(pk=view.pk).version == view.version + 1
