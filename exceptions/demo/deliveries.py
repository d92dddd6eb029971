"""What partners send that write no CloudEvents: X12 interchanges and e-mails, as their systems would. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from exceptions.demo.script import Day


@dataclass(frozen=True)
class Delivery:
    """One file or mail of a partner. They lie in the day's past: what comes later is posted by partners that sign."""

    id: str
    at: datetime
    partner: str
    content: bytes
    content_type: str

    def body(self, day: Day) -> bytes:
        return self.content


@dataclass(frozen=True)
class Status:
    """One AT7 of a 214 with where it was: 1650 status, 1651 reason, time on the clock there."""

    status: str
    reason: str
    at: datetime
    city: str
    state: str
    zone: str


def x12_214(number: int, scac: str, pro: str, bol: str, statuses: Sequence[Status], *, sent: datetime) -> bytes:
    """An interchange with one 214 (ASC X12 004010): the carrier tells where a shipment is."""
    segments = [["ST", "214", "0001"], ["B10", pro, bol, scac]]
    for count, told in enumerate(statuses, start=1):
        local = told.at.astimezone(ZoneInfo(told.zone))
        segments += [
            ["LX", str(count)],
            ["AT7", told.status, told.reason, "", "", f"{local:%Y%m%d}", f"{local:%H%M}", "LT"],
            ["MS1", told.city, told.state, "US"],
        ]
    segments.append(["SE", str(len(segments) + 1), "0001"])
    return _interchange(number, scac, segments, sent)


def _interchange(number: int, sender: str, segments: Sequence[Sequence[str]], sent: datetime) -> bytes:
    isa = ["ISA", "00", " " * 10, "00", " " * 10, "02", f"{sender:<15}", "ZZ", f"{'MERIDIAN':<15}"]
    isa += [f"{sent:%y%m%d}", f"{sent:%H%M}", "U", "00401", f"{number:09}", "0", "P", ">"]
    group = ["GS", "QM", sender, "MERIDIAN", f"{sent:%Y%m%d}", f"{sent:%H%M}", str(number), "X", "004010"]
    ends = [["GE", "1", str(number)], ["IEA", "1", f"{number:09}"]]
    return "".join(f"{'*'.join(segment)}~\n" for segment in [isa, group, *segments, *ends]).encode()


def mail(number: int, sender: str, subject: str, text: str, *, sent: datetime, vouched: bool) -> bytes:
    """A mail to the signals address, with what Meridian's mail server found out about its sender."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "signals@meridian.example"
    message["Subject"] = subject
    message["Date"] = format_datetime(sent)
    message["Message-ID"] = f"<{number}.{sent:%Y%m%d}@{sender.rpartition('@')[2].rstrip('>')}>"
    domain = sender.rpartition("@")[2].rstrip(">")
    found = f"dmarc=pass header.from={domain}" if vouched else f"dmarc=none header.from={domain}; spf=none"
    message["Authentication-Results"] = f"{SERVER}; {found}"
    message.set_content(text)
    return bytes(message)


SERVER = "mx.meridian.example"
