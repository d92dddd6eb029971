"""Whose an e-mail address is: proved by whoever opened a link that was mailed to it."""

from typing import Any

from controltower.tenancy.models import User


def address_is_proven(user: User) -> bool:
    """Whether the person behind this sign-in has once opened a link that went to its address."""
    from allauth.account.models import EmailAddress  # its models are loaded after ours

    return EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()


def address_prove(sender: Any, request: Any, user: User, **_: Any) -> None:
    """A password was chosen through a mailed link: the address is theirs. Receiver of allauth's `password_reset`."""
    from allauth.account.models import EmailAddress

    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
