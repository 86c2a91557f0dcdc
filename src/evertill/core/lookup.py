"""What a checkout looks up: one thing at a time, from this register's own disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from evertill.core.pricebook import Product
from evertill.core.receipt import SaleDocument
from evertill.core.shop import Customer


class Lookup(Protocol):
    """Answers from the edition in force and from the sales this lane knows. None means "don't know"."""

    def products(self, keys: Sequence[str]) -> Sequence[Product]:
        """All products filed under any of these codes or skus; several may share a code."""

    def product(self, sku: str) -> Product | None:
        """The product with exactly this sku."""

    def customer(self, code: str) -> Customer | None:
        """The customer with this card number or phone."""

    def receipt(self, receipt: str) -> SaleDocument | None:
        """A completed sale of which this lane holds the document."""

    def returned_milli(self, receipt: str) -> Mapping[int, int]:
        """For a receipt: line number -> quantity already taken back (positive, thousandths)."""
