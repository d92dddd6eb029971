from exceptions.shipments.services.recording import (
    EventRefused,
    Incoming,
    Recorded,
    event_record,
    events_record,
)

__all__ = ["EventRefused", "Incoming", "Recorded", "event_record", "events_record"]
