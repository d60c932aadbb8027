"""Where the API lies on the service: the one place that says `/api/v1`."""

PREFIX = "/api/v1"
ALERTS = f"{PREFIX}/alerts"
CAMERAS = f"{PREFIX}/cameras"
EVENTS = f"{PREFIX}/events"
SITE = f"{PREFIX}/site"
OPENAPI = f"{PREFIX}/openapi.json"
