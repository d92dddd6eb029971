from exceptions.shipments.services.recording import Recorded, event_record, events_lock

__all__ = ["Recorded", "event_record", "events_lock"]
