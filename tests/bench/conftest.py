"""A running instance and a browser, as for the journeys."""

from tests.journeys.conftest import browser, instance, open_browser

__all__ = ["browser", "instance", "open_browser"]
