"""What a ready-made connection is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from exceptions.parties.models import Channel, SignatureScheme
from exceptions.shipments.canonical import SourceRank


class Group(StrEnum):
    OWN = "Your own systems"
    PARCEL = "Parcel tracking"
    OCEAN = "Ocean and containers"
    EDI = "EDI"
    EVENTS = "Supply-chain events"
    FILES = "Files and mail"
    TELEMETRY = "Telemetry"


@dataclass(frozen=True, slots=True)
class Way:
    """How messages of a kind come in, and how we know that they are the sender's. `TRANSPORT` stands for the key or
    the mailbox that they come by: such a partner has no secret of its own."""

    channel: Channel
    signature: SignatureScheme

    @property
    def key(self) -> str:
        return f"{self.channel}.{self.signature}"

    @property
    def has_secret(self) -> bool:
        return self.signature != SignatureScheme.TRANSPORT

    @property
    def label(self) -> str:
        return _WAYS.get(self.channel) or f"Webhook: {self.signature.label}"


_WAYS = {
    Channel.REST: "Our API, with an API key",
    Channel.EDI: "EDI over our API, with an API key",
    Channel.FILE: "File drop, with an API key",
    Channel.MAIL: "E-mail",
    Channel.TELEMETRY: "Telemetry over our API, with an API key",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """`starts_shipments`: its signals may be the first we hear of a shipment, so a customer for those can be named.
    `local_times`: its times may lack an offset, so the form asks for a zone. `mapping` is
    what a new partner's mapping begins with; `guide` is the page of the format under docs/adapters.
    """

    key: str
    label: str
    about: str
    group: Group
    adapter: str
    ways: tuple[Way, ...]
    source_rank: SourceRank
    sample: Callable[[datetime], bytes]
    content_type: str = "application/json"
    starts_shipments: bool = False
    local_times: bool = False
    guide: str = ""
    mapping: Mapping[str, Any] = field(default_factory=dict)

    def way(self, key: str) -> Way | None:
        """The way in of this key; the first where the key is empty."""
        return next((way for way in self.ways if key in ("", way.key)), None)
