"""Examples of reasons for looking at evidence, for OpenAPI."""

from alerts.view_book import Why
from api import examples
from api.viewing_view import ShownViewing

NEEDED = ShownViewing.of(examples.SUMMARY.id, None)
STATED = ShownViewing.of(examples.SUMMARY.id, Why("投诉、申辩核查：当事人来电"))
