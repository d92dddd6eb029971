from controltower.tenancy.models.keys import ApiKey
from controltower.tenancy.models.members import Member, User
from controltower.tenancy.models.organisations import Organisation
from controltower.tenancy.permissions import Role

__all__ = ["ApiKey", "Member", "Organisation", "Role", "User"]
