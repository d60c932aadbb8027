"""`/site/rules`: codes and the thresholds a zone may override."""

from fastapi import APIRouter

import api.rule_examples as examples
from api.access import SiteReader
from api.address import SITE
from api.openapi import answers
from api.rule_view import RuleList, rule_of
from api.services import StateDep
from rules.catalogue import with_codes

router = APIRouter(prefix=SITE, tags=["site"])


@router.get("/rules", responses=answers(examples.RULES, 401, 403, 503))
def rules(caller: SiteReader, state: StateDep) -> RuleList:
    """Every code of the catalogue and of the site in force, with its thresholds."""
    del caller
    held = state.site.get()
    codes = {} if held is None else held.site.codes
    known = with_codes(codes).rules
    return RuleList(rules=tuple(rule_of(code, known[code]) for code in sorted(known)))
