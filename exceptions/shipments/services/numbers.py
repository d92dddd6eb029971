from django.db import connection

from controltower.tenancy.context import current_organisation_id

_FIRST = 10001


def number_next(series: str, prefix: str) -> str:
    """The next number of the organisation's series, such as SH-10001. The series' row stays locked until commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO shipments_numberseries (organisation_id, name, last) VALUES (%s, %s, %s) "
            "ON CONFLICT (organisation_id, name) DO UPDATE SET last = shipments_numberseries.last + 1 RETURNING last",
            [current_organisation_id(), series, _FIRST],
        )
        (last,) = cursor.fetchone()
    return f"{prefix}{last}"
