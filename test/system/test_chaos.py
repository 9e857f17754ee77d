"""The short form of `make chaos`: a few kill -9 at load, and the books agree."""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "chaos"))
from chaos import Chaos  # noqa: E402

ROUNDS, RATE = 6, 60  # slow enough for a machine that runs all tests at once


def test_killed_at_load_nothing_is_lost_and_each_answer_is_billed_once(tmp_path):
    chaos = Chaos(tmp_path, ROUNDS, RATE)
    figures, failures = asyncio.run(chaos.run())
    assert not failures, (failures, chaos.kills, tmp_path)
    assert len(chaos.kills) == ROUNDS and figures["messages said ok"] > 50 and figures["answers"] > 5, figures
