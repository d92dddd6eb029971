"""Numbers of an organisation's series."""

import threading

import pytest
from django.db import connection

from controltower.tenancy.context import acting_for
from exceptions.shipments.services.numbers import numbers_take


def test_each_series_of_an_organisation_counts_by_itself(organisation, other_organisation):
    with acting_for(organisation):
        assert numbers_take("shipment", 2) == ["SH-10001", "SH-10002"]
        assert numbers_take("case") == ["EX-1001"]
    with acting_for(other_organisation):
        assert numbers_take("shipment") == ["SH-10001"]
    with acting_for(organisation):
        assert numbers_take("shipment") == ["SH-10003"]


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_number_that_another_transaction_has_taken(organisation):
    with acting_for(organisation):
        numbers_take("shipment")
    found: list[str] = []

    def take() -> None:
        with acting_for(organisation):
            found.extend(numbers_take("shipment"))
        connection.close()

    with acting_for(organisation):
        numbers_take("shipment")
        other = threading.Thread(target=take, daemon=True)
        other.start()
        other.join(60)
        assert found == ["SH-10003"], "while the one before is not committed"
