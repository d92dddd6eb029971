"""WSGI entry point of the benchmark's web server."""

from controltower.wsgi import application
from exceptions.intake.bench_server import serve

serve()

__all__ = ["application"]
