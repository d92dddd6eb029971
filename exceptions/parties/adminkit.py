"""One way of putting tables into Django's admin: to look, not to edit. What changes goes through services."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to look at. A page is cut off by the database instead of counted in full."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def show(model: type[Model], *columns: str, search: tuple[str, ...] = ()) -> None:
    """Register a model. `search` names columns that are compared exactly: anything else is slow under row-level
    security."""
    attributes = {
        "list_display": ("__str__", *columns),
        "search_fields": tuple(f"={column}" for column in search),
        "list_select_related": tuple(column for column in columns if model._meta.get_field(column).many_to_one),
    }
    admin.site.register(model, type(f"{model.__name__}Admin", (ReadOnlyAdmin,), attributes))
