"""The manual's lines for mpm_event, run: as many visitors wait on them as they say, in the memory and descriptors they say.

450 in `make check`; `make wait-lines` runs those for 2,000 and 10,000 too.
"""

import os
import re
import sys
from pathlib import Path

import pytest
from stack.configuration import NO_LIMITS
from stack.part import wait_until
from stack.stack import ROOT, Stack, watched
from waiting import metric

sys.path.insert(0, str(ROOT / "test" / "bench"))
from load_of import children, proportional  # noqa: E402
from waiters import Waiters  # noqa: E402

SAID = re.compile(r"^([\d,]+) visitors: ([\d,]+) descriptors a child.*?(\d+) MB.*?\n\n((?:    \w+ \d+\n)+)", re.M)


def number(text):
    return int(text.replace(",", ""))


def manual():
    text = (ROOT / "mod_smsinteractivo" / "wait" / "README.md").read_text()
    return {number(visitors): (number(descriptors), int(megabytes), lines) for visitors, descriptors, megabytes, lines in SAID.findall(text)}


@pytest.mark.parametrize("visitors", [int(word) for word in os.environ.get("WAIT_LINES", "450").split()])
def test_as_many_wait_on_the_lines_of_the_manual_as_they_say(tmp_path, visitors):
    descriptors, megabytes, lines = manual()[visitors]
    stack = Stack(tmp_path, captcha="off", codes="2333", memory=1024, mpm_lines=lines,
                  httpd=NO_LIMITS + "KeepAliveTimeout 60\nTimeout 70\nMaxKeepAliveRequests 0\nListenBacklog 4096\n",
                  smppd={"mobile_hourly": 100000, "notices_hourly": 0}, link={"rate": 1000000, "receipts": "no", "window": 1000})
    with watched(stack):
        httpd = stack.part["httpd"].pid
        fresh = proportional(children(httpd))
        with Waiters(stack, visitors, 8092000000):
            wait_until(lambda: metric(stack, "waiting") == visitors, 20, f"{visitors} to wait")
            held = proportional(children(httpd))
            most = max(len(os.listdir(f"/proc/{child}/fd")) for child in children(httpd))
        took = (held - fresh) * 1.024e-3
        print(f"{visitors} waiting: {most} descriptors a child, {took:.1f} MB")
        assert most <= descriptors
        assert megabytes / 1.5 < took <= megabytes
        wait_until(lambda: metric(stack, "waiting") == 0, 30, "nobody to wait")
