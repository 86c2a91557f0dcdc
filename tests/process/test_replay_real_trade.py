"""`evertill replay` on a real shop: real baskets, killed registers and programs, frozen servers."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from evertill.core.pricebook import Product
from evertill.host.clock import HostClock
from evertill.host.disk import HostDisk
from evertill.host.entropy import HostEntropy
from evertill.replay.connection import HttpConnection, Reply
from evertill.replay.datasets import DATASETS
from evertill.replay.run import Replay, ReplayPorts, ReplaySettings
from evertill.replay.server import Server
from evertill.replay.till import Lane, Waiting
from evertill.server.catalogue.merge import CatalogueChange
from tests.process.replay_shop import EVERTILL, SHARED, Killer, Run, Shop, twice

pytestmark = pytest.mark.process
UCI, TAFENG, VEGETABLES = "uci-online-retail", "tafeng-grocery", "cumcm2023-vegetables"
needs_data = pytest.mark.skipif(
    not (SHARED / UCI).is_dir(), reason=f"the published data sets are not in {SHARED}"
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    running = Shop(tmp_path_factory.mktemp("replay") / "shop")
    yield running
    running.close()


@needs_data
@pytest.mark.parametrize(
    ("dataset", "documents", "lines", "exact", "money"),
    [
        (UCI, 143, 3_108, "58635.56", "58635.56"),
        (TAFENG, 193, 1_229, "96614", "96614"),
        (VEGETABLES, 261, 554, "2427.7394", "2427.86"),
    ],
)
def test_a_day_of_real_trade_comes_to_the_same_totals_in_journal_and_server(
    shop: Shop, dataset: str, documents: int, lines: int, exact: str, money: str
) -> None:
    status, said, told = Run(shop, dataset, "--days", "1").end()
    assert status == 0, said
    assert (told["documents"], told["lines"], told["exact_amount"], told["money"]) == (
        documents,
        lines,
        exact,
        money,
    )
    assert told["rung_up_documents"] == documents
    assert [each["book"] for each in told["comparisons"]] == ["file", "journal", "gate"]
    assert f"{documents:,} of {documents:,} documents" in said, (
        "progress in plain lines, as this is no terminal"
    )


class Witnessed:
    """A connection that notes every receipt it was told of."""

    receipts: list[str]

    def __init__(self, url: str) -> None:
        self.receipts = []
        self._connection = HttpConnection(url)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        reply = self._connection.ask(method, path, body, headers)
        if method == "POST" and reply.status == 200:
            done = json.loads(reply.body).get("done", {})
            self.receipts += [done["receipt"]] if "receipt" in done else []
        return reply


class Signal:
    """Looks on, and starts the killer when ringing up begins."""

    def __init__(self, killer: Killer) -> None:
        self._killer = killer

    def stage(self, _words: str) -> None: ...
    def begin(self, _days: int, _documents: int, _lines: int) -> None:
        self._killer.start()

    def rung(self, _day: str, _lines: int) -> None: ...
    def unsent(self, _entries: int) -> None: ...


@needs_data
def test_a_register_killed_at_any_moment_of_a_replay_keeps_every_answered_sale_once(shop: Shop) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    connections: list[Witnessed] = []

    def connect(url: str) -> Witnessed:
        connections.append(Witnessed(url))
        return connections[-1]

    settings = ReplaySettings(dataset=DATASETS[UCI], data=SHARED, lane_url=shop.lane, days=6)
    ports = ReplayPorts(
        clock=HostClock(), entropy=HostEntropy(), disk=HostDisk(), wait=time.sleep, connect=connect
    )
    gaps_s = [chance.uniform(0.1, 0.6), chance.uniform(0.5, 2), *(chance.uniform(1, 4) for _ in range(3))]
    with Killer(shop, gaps_s) as killer:
        summary = Replay(settings, ports, Signal(killer)).run()
    assert summary.equal, (seed, summary)
    assert killer.kills >= 2, f"the replay was over before anything was killed, seed {seed}"
    documents = list(shop.completed())
    assert twice(document["receipt"] for document in documents) == [], f"seed {seed}"
    assert twice(document["reference"] for document in documents) == [], f"seed {seed}"
    editions = [data["edition"] for data in shop.entries(b"EditionAdopted")]
    assert editions == sorted(set(editions)), f"it went back to an old edition, seed {seed}"
    answered = [receipt for connection in connections for receipt in connection.receipts]
    assert len(answered) > 100
    kept = {document["receipt"] for document in documents}
    assert [receipt for receipt in answered if receipt not in kept] == [], f"seed {seed}"


def test_a_register_killed_right_after_new_goods_came_sells_them_when_it_is_back(shop: Shop) -> None:
    lane = Lane(
        HttpConnection(shop.lane),
        Waiting(HostClock(), HostEntropy(), time.sleep, patience_s=60),
        url=shop.lane,
    )
    about = lane.about()
    token = (shop.home / "gate" / "office.token").read_text().strip()
    server = Server(HttpConnection(about.gate), store=about.store, token=token)
    tea = Product(sku="tea-yen", names={"en": "Tea"}, tax_class="zero", prices={"yen": 30_000})
    version = server.publish(CatalogueChange(products=(tea,), price_list="yen", currency="JPY"))
    waiting = Waiting(HostClock(), HostEntropy(), time.sleep, patience_s=60)
    while lane.view().edition < version:
        assert waiting.again(), "the register did not take up the edition"
    assert shop.kill_lane()
    assert lane.view().edition == version


@needs_data
def test_a_replay_killed_in_the_middle_goes_on_and_doubles_nothing(shop: Shop) -> None:
    first = Run(shop, UCI, "--days", "12")
    first.wait_until_ringing()
    with pytest.raises(subprocess.TimeoutExpired):  # it is in the middle at any such moment
        first.process.wait(random.uniform(0.05, 0.8))
    first.process.kill()
    first.process.communicate()
    status, said, told = Run(shop, UCI, "--days", "12").end()
    assert status == 0, said
    assert told["there_before_documents"] >= 143
    assert told["rung_up_documents"] + told["there_before_documents"] == told["documents"]
    assert twice(document["reference"] for document in shop.completed()) == []
    status, said, told = Run(shop, UCI, "--days", "12").end()
    assert (status, told["rung_up_documents"]) == (0, 0), said
    assert told["published_days"] >= 1


@needs_data
def test_a_server_that_froze_stops_no_sale_and_is_said_at_the_end(shop: Shop) -> None:
    status, said, _ = Run(shop, VEGETABLES, "--days", "1").end()
    assert status == 0, said  # the register has the goods
    gate = shop.part("gate")
    gate.suspend()
    try:
        status, said, told = Run(shop, VEGETABLES, "--days", "2", "--patience", "2").end()
    finally:
        gate.resume()
    assert status == 2, said
    assert "The register has everything" in said
    assert told["rung_up_documents"] > 100
    assert [(each["book"], each["differences"]) for each in told["comparisons"]] == [
        ("file", []),
        ("journal", []),
    ]
    status, said, told = Run(shop, VEGETABLES, "--days", "2").end()
    assert (status, told["rung_up_documents"]) == (0, 0), said


@needs_data
def test_a_published_total_that_is_a_penny_off_is_shown_and_ends_in_failure(
    shop: Shop, tmp_path: Path
) -> None:
    (tmp_path / UCI).symlink_to((SHARED / UCI).resolve())
    (tmp_path / "vectors" / "dataset-oracles").mkdir(parents=True)
    expected = {"lines": 3108, "sale_amount_gbp": "58960.80", "largest_document_lines": 9}
    case = {"id": "x", "kind": "uci_day", "dataset": UCI, "date": "2010-12-01", "expected": expected}
    published = tmp_path / "vectors" / "dataset-oracles" / "other.json"
    published.write_text(json.dumps({"cases": [case]}))
    status, said, told = Run(shop, UCI, "--days", "1", data=tmp_path).end()
    assert status == 1, said
    differences = {
        (each["book"], difference["figure"]): (difference["expected"], difference["apart"])
        for each in told["comparisons"]
        for difference in each["differences"]
    }
    assert differences.keys() == {
        (book, figure)
        for book in ("file", "journal", "gate")
        for figure in ("sale_amount_gbp", "largest_document_lines")
    }
    assert differences["gate", "sale_amount_gbp"] == ("58960.8", "-0.01")
    assert "58960.79" in said and "All totals are equal" not in said


@needs_data
def test_a_wrong_pin_is_said_in_the_registers_words_and_nothing_is_rung_up(shop: Shop) -> None:
    status, said, _ = Run(shop, VEGETABLES, "--days", "3", "--staff", "5", "--pin", "0000").end()
    assert status == 2
    assert "The PIN is not right" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["groceries-baskets"], "Choose one of: uci-online-retail, tafeng-grocery, cumcm2023-vegetables"),
        ([UCI, "--speed", "fast"], "give max, or a number above 0"),
        ([UCI, "--data", "/nowhere"], "Name the folder that holds the data sets"),
        ([UCI, "--lane", "register"], "is not an address like"),
    ],
)
def test_what_cannot_be_replayed_is_said_in_a_sentence(arguments: list[str], words: str) -> None:
    defaults = {"--data": str(SHARED), "--lane": "http://127.0.0.1:9"}
    more = [part for pair in defaults.items() if pair[0] not in arguments for part in pair]
    done = subprocess.run(
        [EVERTILL, "replay", *arguments, *more], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@needs_data
def test_no_register_at_the_address_is_said_after_some_patience() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        command = [EVERTILL, "replay", VEGETABLES, "--data", str(SHARED), "--lane", url, "--patience", "0.5"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "does not answer" in done.stderr and "goes on where it stopped" in done.stderr
