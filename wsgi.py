"""The WSGI entry: `gunicorn wsgi:app`."""

from consult.jobs import make_web_app

app = make_web_app()
