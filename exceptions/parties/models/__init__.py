from exceptions.parties.models.accounts import Account, AccountKind, Contact, ContactRole
from exceptions.parties.models.locations import Location, LocationKind
from exceptions.parties.models.partners import Channel, Partner, SignatureScheme

__all__ = [
    "Account",
    "AccountKind",
    "Channel",
    "Contact",
    "ContactRole",
    "Location",
    "LocationKind",
    "Partner",
    "SignatureScheme",
]
