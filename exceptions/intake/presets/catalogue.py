"""The kinds of connection there are, in the order in which the form shows them."""

from typing import Final

from exceptions.intake.presets import samples
from exceptions.intake.presets.kinds import Group, Preset, Way
from exceptions.parties.models import Channel, SignatureScheme
from exceptions.shipments.canonical import SourceRank

_STANDARD: Final = Way(Channel.WEBHOOK, SignatureScheme.STANDARD_WEBHOOKS)
_EASYPOST: Final = Way(Channel.WEBHOOK, SignatureScheme.EASYPOST)
_AFTERSHIP: Final = Way(Channel.WEBHOOK, SignatureScheme.AFTERSHIP)
_SHIPPO: Final = Way(Channel.WEBHOOK, SignatureScheme.SHIPPO)
_API: Final = Way(Channel.REST, SignatureScheme.TRANSPORT)
_EDI: Final = Way(Channel.EDI, SignatureScheme.TRANSPORT)
_TELEMETRY: Final = Way(Channel.TELEMETRY, SignatureScheme.TRANSPORT)
_MAIL: Final = Way(Channel.MAIL, SignatureScheme.TRANSPORT)

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
    Preset(
        key="canonical",
        label="Batches of events over our API",
        about="Your own systems post up to 1,000 events in one request, in our own words. Each is judged by itself.",
        group=Group.OWN,
        adapter="canonical",
        ways=(_API,),
        source_rank=SourceRank.EDI,
        sample=samples.canonical,
        guide="canonical.md",
    ),
    Preset(
        key="dcsa",
        label="DCSA track and trace",
        about="Container lines by the standard of the Digital Container Shipping Association, 3.0 and 2.2: transport, "
        "equipment and shipment events, and their retractions.",
        group=Group.OCEAN,
        adapter="dcsa",
        ways=(_STANDARD, _API),
        source_rank=SourceRank.EDI,
        sample=samples.dcsa,
        guide="dcsa.md",
    ),
    Preset(
        key="dcsa_reefer",
        label="DCSA IoT and reefer events",
        about="Smart containers and reefers: temperatures against their set point and doors, thinned to excursions.",
        group=Group.TELEMETRY,
        adapter="dcsa",
        ways=(_TELEMETRY, _STANDARD),
        source_rank=SourceRank.TELEMATICS,
        sample=samples.dcsa_reefer,
        guide="telemetry.md",
    ),
    Preset(
        key="tive",
        label="Tive trackers",
        about="Temperature and position of trackers in the freight, thinned to excursions.",
        group=Group.TELEMETRY,
        adapter="tive",
        ways=(_TELEMETRY,),
        source_rank=SourceRank.TELEMATICS,
        sample=samples.tive,
        guide="telemetry.md",
    ),
    Preset(
        key="x12",
        label="X12",
        about="204, 210, 211, 214, 315, 322, 856, 861, 940, 944, 945, 990 of carriers, brokers, warehouses and suppliers; "
        "each delivery is answered with a 997.",
        group=Group.EDI,
        adapter="x12",
        ways=(_EDI, _STANDARD),
        source_rank=SourceRank.EDI,
        sample=samples.x12,
        content_type="application/edi-x12",
        local_times=True,
        guide="x12.md",
    ),
    Preset(
        key="edifact",
        label="EDIFACT",
        about="IFTSTA, CODECO and COARRI of container lines, forwarders, terminals and depots.",
        group=Group.EDI,
        adapter="edifact",
        ways=(_EDI, _STANDARD),
        source_rank=SourceRank.EDI,
        sample=samples.edifact,
        content_type="application/edifact",
        local_times=True,
        guide="edifact.md",
    ),
    Preset(
        key="mail",
        label="E-mail",
        about="A carrier's desk that writes mails: what is new in them, about which freight, and whose word counts.",
        group=Group.FILES,
        adapter="mail",
        ways=(_MAIL,),
        source_rank=SourceRank.MAIL,
        sample=samples.mail,
        content_type="message/rfc822",
        local_times=True,
        guide="mail.md",
    ),
    Preset(
        key="aftership",
        label="AfterShip tracking",
        about="Parcel tracking of more than a thousand carriers. AfterShip posts tracking_update, signed with HMAC.",
        group=Group.PARCEL,
        adapter="aftership",
        ways=(_AFTERSHIP,),
        source_rank=SourceRank.SCAN,
        sample=samples.aftership,
        starts_shipments=True,
        local_times=True,
        guide="aftership.md",
    ),
    Preset(
        key="shippo",
        label="Shippo tracking",
        about="Parcel tracking of the carriers that Shippo knows. Shippo posts track_updated, signed with HMAC.",
        group=Group.PARCEL,
        adapter="shippo",
        ways=(_SHIPPO,),
        source_rank=SourceRank.SCAN,
        sample=samples.shippo,
        starts_shipments=True,
        guide="shippo.md",
    ),
)
