from exceptions.parties import services
from exceptions.parties.adminkit import show, show_and_add
from exceptions.parties.models import Account, Contact, Location, Partner

show_and_add(
    Account,
    "code",
    "kind",
    "tier",
    "parent",
    service=services.account_create,
    fields=("code", "name", "kind", "parent", "tier", "scac", "preferences"),
    search=("code", "search_name"),
)
show_and_add(
    Contact,
    "account",
    "role",
    "email",
    "escalation_step",
    service=services.contact_create,
    fields=(
        "account",
        "name",
        "desk",
        "role",
        "email",
        "phone",
        "locale",
        "hours",
        "zone",
        "escalation_step",
        "is_primary",
    ),
    search=("email",),
)
show_and_add(
    Location,
    "code",
    "kind",
    "city",
    "country",
    "zone",
    service=services.location_create,
    fields=(
        "code",
        "kind",
        "name",
        "account",
        "address",
        "city",
        "region",
        "postcode",
        "country",
        "unlocode",
        "zone",
        "hours",
        "appointment_rule",
        "latitude",
        "longitude",
    ),
    search=("code", "unlocode"),
)
show(Partner, "slug", "account", "adapter", "active", "sandbox", "last_signal_at", search=("slug",))
