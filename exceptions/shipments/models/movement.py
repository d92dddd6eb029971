from django.db import models
from django.db.models import Q

from controltower.tenancy.base import TenantForeignKey, TenantModel
from exceptions.parties.constraints import exactly_one, in_order, one_of
from exceptions.parties.models import Account, Location
from exceptions.shipments.models.freight import Mode, Shipment


class LoadState(models.TextChoices):
    PLANNED = "planned", "Planned"
    TENDERED = "tendered", "Tendered"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    CANCELLED = "cancelled", "Cancelled"


class Load(TenantModel):
    """A truck, container, vessel voyage, flight or consolidation: many shipments ride it."""

    number = models.CharField(max_length=60, db_collation="C")
    mode = models.CharField(max_length=12, choices=Mode, default=Mode.ROAD)
    carrier = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="loads")
    vehicle = models.CharField(max_length=100, default="", blank=True, help_text="Tractor, vessel or flight")
    voyage = models.CharField(max_length=40, default="", blank=True)
    state = models.CharField(max_length=12, choices=LoadState, default=LoadState.PLANNED)
    state_at = models.DateTimeField(null=True, blank=True)
    plan_key = models.CharField(max_length=110, default="", blank=True)
    respond_by = models.DateTimeField(null=True, blank=True, help_text="Until when the carrier has to answer a tender")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="load_number_unique"),
            one_of("mode", Mode, name="load_mode_known"),
            one_of("state", LoadState, name="load_state_known"),
        ]
        indexes = [models.Index(fields=["organisation", "carrier"], name="load_carrier")]

    def __str__(self) -> str:
        return self.number


class LoadShipment(TenantModel):
    """A shipment rides a load. Events of the load speak of every shipment on it."""

    load = TenantForeignKey(Load, on_delete=models.CASCADE, related_name="load_shipments")
    shipment = TenantForeignKey(Shipment, on_delete=models.CASCADE, related_name="load_shipments")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "load", "shipment"], name="load_shipment_unique")
        ]
        indexes = [models.Index(fields=["organisation", "shipment"], name="load_shipment_shipment")]

    def __str__(self) -> str:
        return f"{self.shipment} on {self.load}"


class EquipmentKind(models.TextChoices):
    CONTAINER = "container", "Container"
    TRAILER = "trailer", "Trailer"
    REEFER = "reefer", "Reefer trailer"
    CHASSIS = "chassis", "Chassis"
    RAILCAR = "railcar", "Railcar"


class Equipment(TenantModel):
    """A container, trailer or chassis on a load or shipment, with its seal and free-time clocks."""

    number = models.CharField(max_length=20, db_collation="C")
    kind = models.CharField(max_length=12, choices=EquipmentKind)
    iso_type = models.CharField(max_length=4, default="", blank=True)
    owner = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    load = TenantForeignKey(Load, on_delete=models.PROTECT, null=True, blank=True, related_name="equipment")
    shipment = TenantForeignKey(Shipment, on_delete=models.PROTECT, null=True, blank=True, related_name="equipment")
    seal = models.CharField(max_length=40, default="", blank=True)
    discharged_at = models.DateTimeField(null=True, blank=True)
    available_at = models.DateTimeField(null=True, blank=True)
    last_free_at = models.DateTimeField(null=True, blank=True, help_text="End of the last free day at the terminal")
    gated_out_at = models.DateTimeField(null=True, blank=True)
    return_by = models.DateTimeField(null=True, blank=True, help_text="End of the free time away from the terminal")
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "equipment"
        constraints = [
            one_of("kind", EquipmentKind, name="equipment_kind_known"),
            models.UniqueConstraint(
                fields=["organisation", "number", "load", "shipment"],
                nulls_distinct=False,
                name="equipment_once_per_move",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "shipment"], name="equipment_shipment")]

    def __str__(self) -> str:
        return self.number


class StopKind(models.TextChoices):
    PICKUP = "pickup", "Pickup"
    DELIVERY = "delivery", "Delivery"
    TERMINAL = "terminal", "Terminal"
    PORT = "port", "Port"
    RAMP = "ramp", "Ramp"
    AIRPORT = "airport", "Airport"
    BORDER = "border", "Border"


class Stop(TenantModel):
    """Where a shipment or a load halts: a place, its zone and the window that was promised there.

    The place is a copy: a plan keeps what it said when a location is edited later. `dropped` stops left the plan;
    they stay for the cases that speak of them.
    """

    shipment = TenantForeignKey(Shipment, on_delete=models.CASCADE, null=True, blank=True, related_name="stops")
    load = TenantForeignKey(Load, on_delete=models.CASCADE, null=True, blank=True, related_name="stops")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=StopKind)
    location = TenantForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True, related_name="stops")
    name = models.CharField(max_length=200, default="", blank=True)
    city = models.CharField(max_length=100, default="", blank=True)
    region = models.CharField(max_length=50, default="", blank=True)
    country = models.CharField(max_length=2, default="", blank=True)
    postcode = models.CharField(max_length=20, default="", blank=True)
    unlocode = models.CharField(max_length=5, default="", blank=True)
    zone = models.CharField(max_length=64, default="UTC")
    window_start = models.DateTimeField(null=True, blank=True)
    window_end = models.DateTimeField(null=True, blank=True)
    dropped = models.BooleanField(default=False)

    class Meta:
        constraints = [
            exactly_one("shipment", "load", name="stop_of_shipment_or_load"),
            models.UniqueConstraint(
                fields=["organisation", "shipment", "sequence"],
                condition=Q(dropped=False),
                name="stop_sequence_in_shipment",
            ),
            models.UniqueConstraint(
                fields=["organisation", "load", "sequence"], condition=Q(dropped=False), name="stop_sequence_in_load"
            ),
            in_order("window_start", "window_end", name="stop_window_in_order"),
            one_of("kind", StopKind, name="stop_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.place}".strip()

    @property
    def place(self) -> str:
        """The place as people say it: "Dallas, TX"; its name where there is no city."""
        return ", ".join(part for part in (self.city or self.name, self.region or self.country) if part)


class Leg(TenantModel):
    """One carriage by one mode and carrier, between two stops of the shipment or of the load it rides.

    `cutoffs` is [{"kind": "gate", "at": "2026-03-01T05:00:00Z"}]: until when what must have happened for the leg to take
    the freight; the kinds are those of `payloads.plans.CutoffPart`.
    """

    shipment = TenantForeignKey(Shipment, on_delete=models.CASCADE, related_name="legs")
    sequence = models.PositiveIntegerField()
    mode = models.CharField(max_length=12, choices=Mode)
    carrier = TenantForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="legs")
    service = models.CharField(max_length=60, default="", blank=True)
    origin = TenantForeignKey(Stop, on_delete=models.PROTECT, null=True, blank=True, related_name="legs_out")
    destination = TenantForeignKey(Stop, on_delete=models.PROTECT, null=True, blank=True, related_name="legs_in")
    load = TenantForeignKey(Load, on_delete=models.PROTECT, null=True, blank=True, related_name="legs")
    cutoffs = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "shipment", "sequence"], name="leg_sequence_unique"),
            models.CheckConstraint(
                condition=Q(origin=None) | Q(destination=None) | ~Q(origin=models.F("destination")),
                name="leg_goes_somewhere",
            ),
            one_of("mode", Mode, name="leg_mode_known"),
        ]

    def __str__(self) -> str:
        return f"{self.shipment} leg {self.sequence}"
