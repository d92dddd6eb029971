"""Mails that no person wrote for us: automatic replies and bounces. They speak about mail, not about freight. Pure."""

import re
from typing import Final, Literal

from exceptions.intake.adapters.mail.message import Mail

Kind = Literal["message", "auto_reply", "bounce"]

_DAEMON: Final = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon|mdaemon)@|^mailer-daemon$")
_RETURNED: Final = re.compile(
    r"undeliver(?:ed|able)|delivery status notification|returned mail|mail delivery (?:failed|failure|subsystem)|"
    r"delivery (?:failure|has failed)|failure notice|unzustellbar|nicht zugestellt werden|non remis|no entregado|"
    r"niedostarczon",
    re.IGNORECASE,
)
_ABSENT: Final = re.compile(
    r"^(?:automatic reply|auto(?:matic)?[- ]?(?:response|reply|antwort)|out of (?:the )?office|automatische antwort|"
    r"abwesenheit(?:snotiz)?|réponse automatique|reponse automatique|absence du bureau|respuesta automática|"
    r"respuesta automatica|fuera de (?:la )?oficina|odpowiedź automatyczna|odpowiedz automatyczna|"
    r"risposta automatica|automatisch antwoord)\b",
    re.IGNORECASE,
)


def kind_of_mail(mail: Mail) -> Kind:
    """A bounce (RFC 3464, or from a mail daemon), an automatic reply (RFC 3834 and what came before it), or a message.

    Notices that a system sends by itself about freight carry `Auto-Submitted: auto-generated`: those are messages.
    """
    daemon = bool(_DAEMON.search(mail.sender)) or mail.header("return-path").strip() == "<>"
    reports_failure = mail.is_report and any("final-recipient" in report.lower() for report in mail.reports)
    if reports_failure or (daemon and (mail.is_report or _RETURNED.search(mail.subject))):
        return "bounce"
    submitted = mail.header("auto-submitted").lower().partition(";")[0].strip()
    if (
        submitted in ("auto-replied", "auto-notified")
        or mail.header("precedence").lower().strip() in ("auto_reply", "auto-reply")
        or any(mail.header(name) for name in ("x-autoreply", "x-autorespond", "x-autoresponse"))
        or _ABSENT.search(mail.subject)
    ):
        return "auto_reply"
    return "message"
