"""Many short waits: no answer lost or doubled, no descriptor or memory kept. A million of them: make soak-wait."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "race"))
from soak import OPTIONS, verdict  # noqa: E402


@pytest.fixture(scope="module")
def options():
    return OPTIONS


def test_many_waits_lose_and_leak_nothing(stack):
    count = verdict(stack, 1000000, 4)  # as many as four seconds hold: some of them have to time out
    assert count["woken"] and count["timed"] and count["left"]
