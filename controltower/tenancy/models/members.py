from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from controltower.tenancy.base import TenantModel
from controltower.tenancy.permissions import Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail. What they may do is on their `Member` rows, one for each organisation."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May open the site's admin.")
    date_joined = models.DateTimeField(auto_now_add=True)
    theme = models.CharField(
        max_length=8, default="auto", choices=[("auto", "As the system"), ("light", "Light"), ("dark", "Dark")]
    )
    density = models.CharField(
        max_length=12,
        default="cosy",
        choices=[("compact", "Compact"), ("cosy", "Cosy"), ("comfortable", "Comfortable")],
    )
    single_keys = models.BooleanField(default=True, help_text="Single-letter shortcuts (WCAG 2.1.4).")

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self).split()[0]


class Member(TenantModel):
    """A user in an organisation, or an integration (then without a user)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    label = models.CharField(max_length=120, blank=True, help_text="Name of an integration; people have their own.")
    role = models.CharField(max_length=16, choices=Role.choices)
    authority_limit = models.DecimalField(
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Largest amount this member may decide on, in the organisation's currency. Empty: none at all.",
    )
    restricted = models.BooleanField(
        default=False, help_text="Sees only the accounts granted to them, and their children."
    )
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user"], name="member_once_per_organisation"),
            models.CheckConstraint(
                condition=models.Q(role=Role.INTEGRATION, user__isnull=True)
                | (~models.Q(role=Role.INTEGRATION) & models.Q(user__isnull=False)),
                name="member_is_a_person_or_an_integration",
            ),
            models.CheckConstraint(
                condition=models.Q(authority_limit__isnull=True) | models.Q(authority_limit__gte=0),
                name="member_authority_limit_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return str(self.user) if self.user else self.label
