"""Example of codes with their thresholds, for OpenAPI."""

from api.rule_view import RuleList, rule_of
from rules.catalogue import shipped_catalogue

RULES = RuleList(rules=(rule_of("CS-02", shipped_catalogue().rules["CS-02"]),))
