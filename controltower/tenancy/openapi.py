"""How the API's schema describes our authentication. Loaded by the app's `ready()`."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class ViewerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """An API key as bearer token; a signed-in person's session works as well."""

    target_class = "controltower.tenancy.authentication.ViewerAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "Authorization: Bearer ct_..."}
