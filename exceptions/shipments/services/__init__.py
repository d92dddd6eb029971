from exceptions.shipments.services.recording import Recorded, event_record

__all__ = ["Recorded", "event_record"]
