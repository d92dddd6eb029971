"""WSGI entry point; `manage.py up` serves it with granian."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import resolve

from controltower.memory import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controltower.settings")

application = get_wsgi_application()
resolve("/healthz")  # loads every view, which Django would do while the first request waits
settle()
