"""WSGI entry point; `manage.py up` serves it with granian."""

import os

from django.core.wsgi import get_wsgi_application

from controltower.memory import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "controltower.settings")

application = get_wsgi_application()
settle()
