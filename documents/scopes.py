"""Which scopes a restricted member may see. Documents know no account, so the layer that does plugs in here."""

from collections.abc import Callable
from dataclasses import dataclass

from controltower.tenancy.viewer import Viewer

Resolver = Callable[[Viewer], frozenset[str]]


def _none(viewer: Viewer) -> frozenset[str]:
    return frozenset()


@dataclass
class _Plugged:
    resolver: Resolver = _none


_plugged = _Plugged()


def plug(resolver: Resolver) -> None:
    """Called once, from an upper app's `ready()`. Without it restricted members see no scoped document at all."""
    _plugged.resolver = resolver


def scopes_of(viewer: Viewer) -> frozenset[str]:
    """Scope ids whose documents a restricted member may see; asked once per request."""
    if "document_scopes" not in viewer.cache:
        viewer.cache["document_scopes"] = _plugged.resolver(viewer)
    scopes: frozenset[str] = viewer.cache["document_scopes"]
    return scopes
