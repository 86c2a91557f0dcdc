"""Says to a real page what its register's state is: a line that stands between the page and its agent."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import Page, WebSocketRoute


def says(status: dict) -> dict:
    return {"code": status["code"], "kind": "register", "words": status["words"]}


STATES: dict[str, dict[str, Any]] = {
    "ready": {"face": "ready", "unsent": 0},
    "offline": {
        "face": "offline",
        "unsent": 12_804,
        "uplink": {"state": "off", "unsent": 12_804, "hint": ""},
    },
    "trouble": {
        "face": "trouble",
        "journal": {
            "state": "low_space",
            "words": "The register's disk is nearly full. Free some space; sales go on.",
        },
        "messages": [
            says({"code": "clock_behind", "words": "The clock of this register is behind. Set it."})
        ],
    },
    "safe": {"face": "ready", "safe": {"machines": 2, "receipt": "L1-1"}},
}


class Line:
    """The page's line to its agent. Everything goes through; and we may say something of our own on it."""

    def __init__(self, page: Page) -> None:
        self._lines: list[WebSocketRoute] = []
        self._views: list[dict] = []
        self._told = 0
        page.route_web_socket(re.compile("/api/v1/live"), self._stand_between)

    def _stand_between(self, line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        self._lines.append(line)

        def pass_on(text: str | bytes) -> None:
            self._views.append(json.loads(text))
            line.send(text)

        server.on_message(pass_on)

    def tell(self, **status: Any) -> None:
        """The newest state once more, with this said of its status."""
        view = dict(self._views[-1])
        view["status"] = {**view["status"], **status}
        self._lines[-1].send(json.dumps(view))

    def tell_of_a_refused_scan(self, code: str, refusal: dict[str, Any]) -> None:
        """As if a scanner on a serial line had read something that the register refused."""
        view = dict(self._views[-1])
        self._told += 1
        view["rev"] += self._told
        view["notice"] = {"rev": view["rev"], "code": code, "refusal": refusal}
        self._lines[-1].send(json.dumps(view))
