"""Parsing cases of biip, python-stdnum and Odoo: each kind asks core.barcode; records field by field.

A kind is "module:test function" of its source. Where the source's test names a failure (fails, error,
invalid ...), the case passes if ours refuses too; the wording of errors is not compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from biip.gln import Gln
from biip.gs1_prefixes import GS1CompanyPrefix, GS1Prefix, GS18Prefix
from biip.sscc import Sscc
from biip.symbology import SymbologyIdentifier

from tests.vectors.barcodes import articles, messages, others
from tests.vectors.barcodes.compare import Case
from tests.vectors.outcome import Failed, Outcome

SET = "barcode-parse"


def run(case: Case) -> Outcome:
    """The outcome of one case."""
    kind = case["kind"]
    for pattern, answer in _KINDS:
        if re.match(pattern, kind):
            return answer(case)
    return Failed(f"no adapter for kind {kind!r}")


_KINDS: tuple[tuple[str, Callable[[Case], Outcome]], ...] = (
    (r"gtin:encode:as_gtin", articles.gtin_encode_case),
    (r"gtin:parse", articles.gtin_parse_case),
    (r"rcn:rules", articles.rcn_rules_case),
    (r"rcn:without_variable_measure|gtin:without_variable_measure", articles.without_measure_case),
    (r"rcn:rcn", articles.rcn_parse_case),
    (r"checksums", articles.check_digit_case),
    (r"upc:encode", articles.upc_encode_case),
    (r"upc:parse", articles.upc_parse_case),
    (r"gln:", messages.records_case(Gln.parse)),
    (r"sscc:as_hri", messages.sscc_text_case),
    (r"sscc:", messages.records_case(Sscc.parse)),
    (r"symbology:", messages.records_case(SymbologyIdentifier.extract)),
    (r"gs1_application_identifiers:", messages.identifier_case),
    (r"gs1_prefixes:.*gs1_company_prefix", messages.ranges_case(GS1CompanyPrefix.extract)),
    (r"gs1_prefixes:.*gs1_8_prefix", messages.ranges_case(GS18Prefix.extract)),
    (r"gs1_prefixes:.*gs1_prefix", messages.ranges_case(GS1Prefix.extract)),
    (r"gs1_element_strings:extract_(date|handles|fails_with_invalid_date)", messages.dates_case),
    (r"gs1_element_strings:extract_(variable|amount|percent)", messages.figures_case),
    (r"gs1_(digital_link_uris|messages|element_strings):(filter|get)", messages.picked_case),
    (r"gs1_(digital_link_uris|messages|element_strings):as_", messages.as_text_case),
    (r"gs1_element_strings:", messages.element_case),
    (r"gs1_messages:parse_hri", messages.bracketed_case),
    (r"gs1_messages:parse", messages.message_case),
    (r"gs1_digital_link_uris:parse", messages.link_case),
    (r"parse:", messages.whole_case),
    (r"ean_validate", others.ean_case),
    (r"cn_uscc_validate", others.uscc_case),
    (r"gs1_128_compact", others.compacted_case),
    (r"gs1_128_encode", others.packed_case),
    (r"gs1_128_validate", others.unpacked_case),
    (r"gs1_128_info", others.told_case),
    (r"odoo_barcode_rule", others.odoo_rule_case),
    (r"odoo_epc_uri", others.odoo_epc_case),
    (r"odoo_gs1_date", others.odoo_date_case),
    (r"odoo_gs1_decompose", others.odoo_decompose_case),
    (r"odoo_check_digit", others.odoo_check_digit_case),
)
