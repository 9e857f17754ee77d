"""How well a link follows a limit nobody told it."""

from link_drive import Link
from smsc import one, smsc  # noqa: F401


RATE = 300  # submits a second; other rates: make bench-link


def test_an_unknown_limit_is_used_and_hardly_exceeded(smsc):
    smsc.told(throttle=RATE, sink="on")
    with Link(smsc.port, window=20, rate=0) as link:
        link.until("up")
        link.measured("run 6")
        result = link.measured("run 6")
        assert result["accepted"] >= 0.95 * RATE * 6
        assert result["throttled"] <= 0.01 * result["submits"]
