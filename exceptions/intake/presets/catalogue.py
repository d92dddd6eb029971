"""The kinds of connection there are, in the order in which the form shows them."""

from typing import Final

from exceptions.intake.presets import samples
from exceptions.intake.presets.kinds import Group, Preset, Way
from exceptions.parties.models import Channel, SignatureScheme
from exceptions.shipments.canonical import SourceRank

_STANDARD: Final = Way(Channel.WEBHOOK, SignatureScheme.STANDARD_WEBHOOKS)
_EASYPOST: Final = Way(Channel.WEBHOOK, SignatureScheme.EASYPOST)
_API: Final = Way(Channel.REST, SignatureScheme.TRANSPORT)

CATALOGUE: Final = (
    Preset(
        key="cloudevents",
        label="CloudEvents 1.0",
        about="Your own TMS, WMS or ERP, or a carrier's integration team: our canonical events as CloudEvents in JSON.",
        group=Group.OWN,
        adapter="cloudevents",
        ways=(_STANDARD, _API),
        source_rank=SourceRank.EDI,
        sample=samples.cloudevents,
        content_type="application/cloudevents+json",
        guide="cloudevents.md",
    ),
    Preset(
        key="easypost",
        label="EasyPost tracker",
        about="Parcel tracking of some hundred carriers. EasyPost posts tracker.updated, signed with HMAC.",
        group=Group.PARCEL,
        adapter="easypost",
        ways=(_EASYPOST,),
        source_rank=SourceRank.SCAN,
        sample=samples.easypost,
        starts_shipments=True,
        guide="easypost.md",
    ),
)
