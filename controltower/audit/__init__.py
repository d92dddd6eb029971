"""The record that cannot be quietly changed: one hash chain for each organisation."""

from controltower.audit.actors import SYSTEM, Actor
from controltower.audit.recording import record

__all__ = ["SYSTEM", "Actor", "record"]
