"""How well a link follows a limit nobody told it."""

import pytest
from link_drive import Link
from smsc import one, smsc  # noqa: F401


@pytest.mark.parametrize("rate", [50, 400])
def test_an_unknown_limit_is_used_and_hardly_exceeded(smsc, rate):
    smsc.told(throttle=rate, sink="on")
    with Link(smsc.port, window=20, rate=0) as link:
        link.until("up")
        link.measured("run 8")
        result = link.measured("run 12")
        assert result["accepted"] >= 0.95 * rate * 12
        assert result["throttled"] <= 0.01 * result["submits"]
