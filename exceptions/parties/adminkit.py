"""One way of putting tables into Django's admin: to look at, and for a few to add to. What changes goes through
services, so the admin's own history stays empty: the audit trail has it."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from controltower.tenancy.permissions import Verb
from controltower.tenancy.viewer import Viewer


def _is_administrator(request: HttpRequest) -> bool:
    viewer: Viewer | None = getattr(request, "viewer", None)
    return viewer is not None and viewer.can(Verb.ADMINISTER)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to look at, for administrators of the organisation."""

    show_full_result_count = False
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_administrator(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AddingAdmin(ReadOnlyAdmin):
    """Rows that may be added too: the form's fields go to a service as keyword arguments."""

    service: Callable[..., Model]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_administrator(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        made = type(self).service(**form.cleaned_data, actor=viewer.actor, now=timezone.now())
        obj.pk = made.pk
        obj.refresh_from_db()

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        return None


def show(model: type[Model], *columns: str, search: tuple[str, ...] = ()) -> None:
    """Register a model to look at. `search` names columns that are compared exactly: anything else is slow under
    row-level security."""
    admin.site.register(model, _admin(ReadOnlyAdmin, model, columns, search))


def show_and_add(
    model: type[Model],
    *columns: str,
    service: Callable[..., Model],
    fields: tuple[str, ...],
    search: tuple[str, ...] = (),
) -> None:
    """Register a model whose rows may be added as well, with these `fields`, by this service."""
    admin.site.register(
        model, _admin(AddingAdmin, model, columns, search, fields=fields, service=staticmethod(service))
    )


def _admin(
    base: type[ReadOnlyAdmin], model: type[Model], columns: tuple[str, ...], search: tuple[str, ...], **more: Any
) -> type[ReadOnlyAdmin]:
    attributes = {
        "list_display": ("__str__", *columns),
        "search_fields": tuple(f"{column}__exact" for column in search),
        "list_select_related": tuple(column for column in columns if model._meta.get_field(column).many_to_one),
        **more,
    }
    return type(f"{model.__name__}Admin", (base,), attributes)
