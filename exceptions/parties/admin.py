from exceptions.parties.adminkit import show
from exceptions.parties.models import Account, Contact, Location, Partner

show(Account, "code", "kind", "tier", "parent", search=("code", "search_name"))
show(Contact, "account", "role", "email", "escalation_step", search=("email",))
show(Location, "code", "kind", "city", "country", "zone", search=("code", "unlocode"))
show(Partner, "slug", "account", "adapter", "active", "sandbox", "last_signal_at", search=("slug",))
