"""The mail that tells a member of broken promises. To our own people only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from controltower.tenancy.models import Member
from exceptions.cases.models import Escalation

# A mail names so many cases and says how many more there are: the queue has them all.
NAMED = 20


@dataclass(frozen=True)
class InternalMail:
    """What goes to one member, complete."""

    to: str
    subject: str
    text: str
    organisation: str

    def send(self) -> None:
        """Hand it to the mail server; raises OSError or SMTPException when that does not take it."""
        headers = {"X-Tower-Organisation": self.organisation, "Auto-Submitted": "auto-generated"}
        EmailMessage(self.subject, self.text, to=[self.to], headers=headers).send()


def escalation_mail(member: Member, escalations: Sequence[Escalation]) -> InternalMail | None:
    """None for who has no address or left, and when nothing is left to tell."""
    if member.user is None or not member.is_active or not escalations:
        return None
    count = len(escalations)
    subject = f"{escalations[0].case.number}: {escalations[0].commitment.promise} is broken"
    lines = [_line(escalation) for escalation in escalations[:NAMED]]
    if count > NAMED:
        lines.append(f"and {count - NAMED} more: {settings.BASE_URL}{reverse('cases:queue')}")
    return InternalMail(
        to=member.user.email,
        subject=subject if count == 1 else f"{count} promises are broken",
        text="\n\n".join(lines) + "\n",
        organisation=member.organisation.slug,
    )


def _line(escalation: Escalation) -> str:
    case = escalation.case
    link = f"{settings.BASE_URL}{reverse('cases:case', args=[case.number])}"
    return f"{case.number} {escalation.commitment.promise} is broken.\n{case.explanation.get('phrase', '')}\n{link}"
