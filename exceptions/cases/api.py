"""The queue and one case for programs: the same selectors, the same viewer, the same order as on the screen."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from controltower.errors import BadRequest
from controltower.tenancy.api import ViewerAPIView
from controltower.tenancy.permissions import Verb
from exceptions.cases import selectors
from exceptions.cases.models import SnoozedFor
from exceptions.cases.selectors.rows import QueryProblem


class CaseSerializer(serializers.Serializer):
    """Amounts are decimal strings in `currency`; instants are UTC. `act_by` is null when nothing can be saved."""

    number = serializers.CharField()
    version = serializers.IntegerField()
    type = serializers.CharField()
    phase = serializers.CharField()
    severity = serializers.CharField()
    state = serializers.CharField()
    customer = serializers.CharField()
    subject = serializers.CharField()
    references = serializers.CharField()
    lane = serializers.CharField()
    affected_count = serializers.IntegerField()
    phrase = serializers.CharField(help_text="Why it stands where it stands, in one line.")
    act_by = serializers.DateTimeField(allow_null=True)
    at_risk = serializers.DecimalField(max_digits=14, decimal_places=2)
    avoidable = serializers.DecimalField(max_digits=14, decimal_places=2)
    lost = serializers.DecimalField(max_digits=14, decimal_places=2)
    currency = serializers.CharField()
    is_unavoidable = serializers.BooleanField()
    is_pinned = serializers.BooleanField()
    owner = serializers.CharField()
    snoozed_until = serializers.DateTimeField(allow_null=True, help_text="When it wakes at the latest.")
    snoozed_for = serializers.ChoiceField(
        choices=["", *SnoozedFor.values], source="wakes_on", help_text="What wakes it before; empty for nothing."
    )
    opened_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class CasePageSerializer(serializers.Serializer):
    results = CaseSerializer(many=True)
    before = serializers.CharField(help_text="Cursor of the page before; empty on the first one.")
    after = serializers.CharField(help_text="Cursor of the next page; empty on the last one.")


class CaseList(ViewerAPIView):
    """Open cases, in the order of the money that acting now can still save; or what `q` asks for, 50 a page."""

    verb = Verb.VIEW

    @extend_schema(
        operation_id="cases_list",
        parameters=[
            OpenApiParameter(
                "q", str, description="The filter of the queue page, such as `owner:me due:<2h sort:due`."
            ),
            OpenApiParameter("after", str, description="Cursor `after` of a page: the one that follows."),
            OpenApiParameter("before", str, description="Cursor `before` of a page: the one in front of it."),
        ],
        responses={200: CasePageSerializer, 400: OpenApiResponse(description="`q` is wrong; `problems` say where.")},
    )
    def get(self, request: Request) -> Response:
        given = request.query_params
        cursor = given.get("after", "") or given.get("before", "")
        found = selectors.queue_page(self.viewer, given.get("q", ""), after=cursor, now=timezone.now())
        if found.problems:
            raise _refusal(found.problems)
        return Response(CasePageSerializer({"results": found.rows, "before": found.before, "after": found.after}).data)


def _refusal(problems: list[QueryProblem]) -> BadRequest:
    """Each problem with its place in `q`: `offset` and `length` count characters from 0."""
    told = [
        {
            "parameter": "q",
            "offset": each.offset,
            "length": each.length,
            "detail": each.sentence,
            "suggestion": each.corrected,
        }
        for each in problems
    ]
    first = problems[0]
    message = f"The filter is not understood at character {first.offset + 1}: {first.sentence}"
    return BadRequest(message, code="bad_filter", details={"problems": told})


class CaseDetail(ViewerAPIView):
    """One case by its number."""

    verb = Verb.VIEW

    @extend_schema(operation_id="cases_retrieve", responses=CaseSerializer)
    def get(self, request: Request, number: str) -> Response:
        case = selectors.case_get(self.viewer, number)
        (row,) = selectors.queue_rows(self.viewer, [case])
        return Response(CaseSerializer(row).data)
