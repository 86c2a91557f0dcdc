"""The fact store in memory keeps the contract."""

from __future__ import annotations

import pytest

from tests.contract.facts_contract import FactStoreContract
from tests.fakes.facts import MemoryFacts


class TestMemoryFacts(FactStoreContract):
    @pytest.fixture
    def facts(self) -> MemoryFacts:
        facts = MemoryFacts()
        facts.enrol("S1", "L1", self.KEY)
        return facts
