"""The short forms of `make chaos`: a few kill -9 at load, and the books agree."""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "chaos"))
from answers import Answers  # noqa: E402
from chaos import Chaos  # noqa: E402

ROUNDS, RATE = 6, 60  # slow enough for a machine that runs all tests at once


def test_killed_at_load_nothing_is_lost_and_each_answer_is_billed_once(tmp_path):
    chaos = Chaos(tmp_path, ROUNDS, RATE)
    figures, failures = asyncio.run(chaos.run())
    assert not failures, (failures, chaos.kills, tmp_path)
    assert len(chaos.kills) + chaos.stops == ROUNDS and figures["messages said ok"] > 50 and figures["answers"] > 5, figures


def test_many_answers_with_lost_responses_and_kills_are_each_in_the_books_once(tmp_path):
    run = Answers(tmp_path, 10000)
    figures, failures = run.run()
    assert not failures, (failures, figures, tmp_path)
    assert run.kills + run.cuts > 0, "nothing was disturbed: this proves nothing"
