"""What names in filters mean: ids of customers, colleagues and partners, for several filters in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from controltower.db import rows
from exceptions.cases.selectors.grammar import Filters
from exceptions.parties.selectors import ACCOUNTS_NAMED, names_asked

# What `owner:` takes that is nobody's name.
NO_NAMES: Final = frozenset({"me", "none"})
_PEOPLE: Final = """
SELECT 'owner', asked.name, member.id FROM unnest(%(owners)s::text[]) AS asked(name)
  JOIN tenancy_member AS member ON true LEFT JOIN tenancy_user AS person ON person.id = member.user_id
 WHERE starts_with(upper(person.name), upper(asked.name)) OR starts_with(upper(person.email), upper(asked.name))
    OR starts_with(upper(member.label), upper(asked.name))
UNION ALL SELECT 'partner', asked.name, partner.id FROM unnest(%(partners)s::text[]) AS asked(name)
  JOIN parties_partner AS partner
    ON starts_with(upper(partner.name), upper(asked.name)) OR starts_with(partner.slug, lower(asked.name))
"""
_ALL: Final = f"SELECT 'customer', named.* FROM ({ACCOUNTS_NAMED}) AS named UNION ALL {_PEOPLE}"  # noqa: S608 - constants


@dataclass(frozen=True)
class Names:
    """By "customer", "owner" or "partner" and the name as it is written: the ids of all that it means."""

    found: Mapping[tuple[str, str], set[int]] = field(default_factory=dict)

    def ids(self, kind: str, names: Iterable[str]) -> set[int]:
        return {pk for name in names for pk in self.found.get((kind, name), ())}


def names_of(filters: Iterable[Filters]) -> Names:
    """Beginnings of names, codes of customers with everything below them, members who left too. Asks nothing where
    nothing is named. For code that shows of it only what its viewer may see."""
    asked: dict[str, set[str]] = defaultdict(set)
    for each in filters:
        for kind, choice in (("customer", each.customer), ("owner", each.owner), ("partner", each.partner)):
            asked[kind] |= {*choice.wanted, *choice.unwanted}
    owners = sorted(asked["owner"] - NO_NAMES)
    if not (asked["customer"] or owners or asked["partner"]):
        return Names()
    given = {**names_asked(sorted(asked["customer"])), "owners": owners, "partners": sorted(asked["partner"])}
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for kind, name, pk in rows(_ALL, given):
        found[kind, name].add(pk)
    return Names(found)
