"""What parked baskets come to, after discounts: priced once, not at every scan of the next customer."""

from __future__ import annotations

from evertill.core.pricing import Pricer
from evertill.core.rules import Rules
from evertill.core.sale import ParkedSale
from evertill.lane.agent import Agent


class ParkedTotals:
    """The totals by the edition in force, as of the first look at each basket."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._rules: Rules | None = None
        self._known: dict[str, tuple[ParkedSale, int]] = {}

    def __call__(self, parked: ParkedSale) -> int:
        """Total in minor units."""
        if self._rules is not self._agent.rules:
            self._rules, self._known = self._agent.rules, {}
        known = self._known.get(parked.sale.id)
        if known is not None and known[0] is parked:
            return known[1]
        at = self._agent.local_now().replace(tzinfo=None)
        total = Pricer(self._rules).price(parked.sale, at, usage=self._agent.state.usage).gross_minor
        if len(self._known) > self._rules.settings.limits.parked_max:
            self._known.clear()
        self._known[parked.sale.id] = (parked, total)
        return total
