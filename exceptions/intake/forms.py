"""Forms of the partner pages. Which fields there are follows from the kind of connection."""

from typing import Any, Final

from django import forms

from exceptions.intake.models import Mailbox, MailboxSecurity
from exceptions.intake.presets import Preset
from exceptions.intake.strict_json import MAX_BYTES
from exceptions.parties.choosing import Choice, NamedField, choose_from
from exceptions.parties.models import AccountKind, Partner
from exceptions.parties.zones import is_zone

_PLAIN: Final = {"autocomplete": "off", "spellcheck": "false"}
_CUSTOMER_HINT: Final = (
    "With a customer, signals with unknown numbers start a shipment of theirs. Without, they wait until it is booked."
)


class ConnectForm(forms.Form):
    """Whom to connect, and how. The account may be made here, when it is new."""

    name = forms.CharField(label="Name", max_length=200, help_text="As your people call it: Swift parcel tracking.")
    account = NamedField(
        label="Account it belongs to",
        required=False,
        help_text="The carrier, warehouse or customer behind the connection, by name or code. A new one is named below.",
    )
    new_account = forms.CharField(label="Name of the new account", max_length=200, required=False)
    new_account_kind = forms.ChoiceField(
        label="It is a", choices=AccountKind.choices, initial=AccountKind.CARRIER, required=False
    )
    default_customer = NamedField(label="Customer of shipments it starts", required=False, help_text=_CUSTOMER_HINT)
    zone = forms.CharField(
        label="Time zone of its local times",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs=_PLAIN),
        help_text="This format may give times without an offset. An IANA name, such as America/Chicago; where a place "
        "is named, the place's own zone wins.",
    )
    way = forms.ChoiceField(label="How its messages come in", widget=forms.RadioSelect, required=False)
    secret = forms.CharField(
        label="Secret",
        max_length=200,
        required=False,
        strip=True,
        widget=forms.TextInput(attrs=_PLAIN),
        help_text="Only when the sender already has one. Otherwise one is made for you.",
    )
    sandbox = forms.BooleanField(
        label="Start in the sandbox",
        required=False,
        initial=True,
        help_text="Messages are checked and read, but record nothing and open no cases.",
    )

    def __init__(self, *args: Any, preset: Preset, accounts: Choice, customers: Choice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "account", accounts)
        choose_from(self, "default_customer", customers)
        ways = [(way.key, way.label) for way in preset.ways]
        self.fields["way"].choices = ways  # type: ignore[attr-defined]
        self.fields["way"].initial = ways[0][0]
        unused = {
            "default_customer": not preset.starts_shipments,
            "zone": not preset.local_times,
            "way": len(ways) == 1,
            "secret": not any(way.has_secret for way in preset.ways),
        }
        for name in [name for name, is_unused in unused.items() if is_unused]:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("account") is None and not cleaned.get("new_account", "").strip():
            self.add_error("account", "Name an account, or a new one below.")
        zone = cleaned.get("zone", "")
        if zone and not is_zone(zone):
            self.add_error("zone", "Use the IANA name of a time zone, such as America/Phoenix.")
        return cleaned


class PartnerForm(forms.Form):
    """What may be changed of a partner later."""

    name = forms.CharField(label="Name", max_length=200)
    account = NamedField(label="Account it belongs to")
    default_customer = NamedField(label="Customer of shipments it starts", required=False, help_text=_CUSTOMER_HINT)
    rate_limit_per_minute = forms.IntegerField(
        label="Messages a minute, at most", min_value=0, max_value=1_000_000, help_text="0 is no limit."
    )

    def __init__(
        self, data: Any = None, *, partner: Partner, preset: Preset | None, accounts: Choice, customers: Choice
    ) -> None:
        super().__init__(data, initial={name: getattr(partner, name) for name in self.base_fields})
        choose_from(self, "account", accounts, partner.account)
        choose_from(self, "default_customer", customers, partner.default_customer)
        if preset is not None and not preset.starts_shipments:
            del self.fields["default_customer"]


class MailboxForm(forms.Form):
    """Where mails are fetched from. An empty password keeps the one that is stored."""

    host = forms.CharField(label="IMAP server", max_length=253, widget=forms.TextInput(attrs=_PLAIN))
    port = forms.IntegerField(label="Port", min_value=1, max_value=65535, initial=993)
    security = forms.ChoiceField(label="Encryption", choices=MailboxSecurity.choices, initial=MailboxSecurity.TLS)
    username = forms.CharField(label="User name", max_length=254, widget=forms.TextInput(attrs=_PLAIN))
    password = forms.CharField(
        label="Password",
        max_length=500,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Kept encrypted and never shown.",
    )
    folder = forms.CharField(label="Folder", max_length=200, initial="INBOX", widget=forms.TextInput(attrs=_PLAIN))

    def __init__(self, data: Any = None, *, mailbox: Mailbox | None) -> None:
        shown = ("host", "port", "security", "username", "folder")
        super().__init__(data, initial={name: getattr(mailbox, name) for name in shown} if mailbox else None)
        if mailbox is None:
            self.fields["password"].required = True
        else:
            self.fields["password"].help_text = "Leave it empty to keep the one that is stored, for the same server."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.initial and not cleaned.get("password") and {"host", "port", "security"} & {*self.changed_data}:
            self.add_error("password", "Enter the password: the stored one is not sent to another server.")
        return cleaned


class TryForm(forms.Form):
    """A sample: pasted, or a file of any kind. With `stored`, neither: then a stored message is the sample."""

    body = forms.CharField(
        label="A message as the sender would send it",
        max_length=MAX_BYTES,
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "mono"}),
    )
    sample = forms.FileField(
        label="Or a file",
        required=False,
        allow_empty_file=True,
        help_text="It is read instead of the text above. At most 1 MiB.",
    )

    def __init__(self, *args: Any, stored: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = stored

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sample = cleaned.get("sample")
        if sample is not None and sample.size > MAX_BYTES:
            self.add_error("sample", "The file is larger than 1 MiB, which is what the door takes.")
        if sample is None and not cleaned.get("body") and not self.stored:
            self.add_error("body", "Paste a message, or choose a file.")
        return cleaned

    def content(self) -> bytes | None:
        """The bytes to read, None for those of the stored message. Line ends of a pasted text are those of the browser;
        who cares about them chooses a file."""
        sample = self.cleaned_data.get("sample")
        if sample is not None:
            return bytes(sample.read())
        if not self.cleaned_data["body"]:
            return None
        return str(self.cleaned_data["body"]).replace("\r\n", "\n").encode(errors="replace")
