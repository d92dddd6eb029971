"""What the benchmark's web server serves: the product, and beside it a view that does nothing but insert one row.

Only the benchmark starts a server with this module; an installation has no such view.
"""

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from controltower.tenancy.guards import public

TABLE = "CREATE TABLE bench_bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL)"


@csrf_exempt
@require_POST
@public
def bare(request: HttpRequest) -> HttpResponse:
    """The least that a durable webhook can cost: the same server, the same middleware, one row, one commit."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_bare (body) VALUES (%s) RETURNING id", [request.body])
        (found,) = cursor.fetchone()
    return JsonResponse({"message": found}, status=202)


urlpatterns = [path("bare/", bare), path("", include("controltower.urls"))]
handler404 = "controltower.web.views.not_found"
handler500 = "controltower.web.views.server_error"


def serve() -> None:
    """Let this process answer by the routes above."""
    settings.ROOT_URLCONF = __name__
