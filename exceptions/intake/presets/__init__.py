"""Ready-made connections: what a common kind of partner needs, so that connecting one is a form and not a project."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from exceptions.intake.adapters import ADAPTERS
from exceptions.intake.presets.catalogue import CATALOGUE
from exceptions.intake.presets.kinds import Group, Preset, Way

# A kind of connection is offered when its format can be read here.
PRESETS: Final[Mapping[str, Preset]] = {preset.key: preset for preset in CATALOGUE if preset.adapter in ADAPTERS}


def preset_of(template: str, adapter: str) -> Preset | None:
    """The preset a partner was made from; for one that does not say, the first of its adapter."""
    named = PRESETS.get(template)
    return named or next((preset for preset in PRESETS.values() if preset.adapter == adapter), None)


def presets_by_group() -> list[tuple[str, list[Preset]]]:
    """The kinds of connection as the form shows them: under headings, in the catalogue's order."""
    grouped = [(str(group), [preset for preset in PRESETS.values() if preset.group == group]) for group in Group]
    return [(label, presets) for label, presets in grouped if presets]


def sample_body(preset: Preset | None, now: datetime) -> bytes:
    """A message of this kind, to try a connection with. `now` is the moment it tells of."""
    return preset.sample(now) if preset else b""


def starting_mapping(preset: Preset) -> dict[str, Any]:
    """The mapping a new partner of this kind begins with."""
    return {key: dict(value) if isinstance(value, Mapping) else value for key, value in preset.mapping.items()}


__all__ = ["PRESETS", "Group", "Preset", "Way", "preset_of", "presets_by_group", "sample_body", "starting_mapping"]
