"""smppd before the same SMSC as its rivals: every message on disk before its ok, every answer billed before its response."""

import itertools
import subprocess

from daemon_stack import DaemonStack
from load_of import cpu, memory
from stack.stack import BUILD

QUOTAS = {"mobile_hourly": 100000, "notices_hourly": 0, "queue": 1000000, "connections_per_user": 64}


class BenchStack(DaemonStack):
    """A stack whose SMSC is somebody else's."""

    def start_smsc(self):
        pass


class OurDaemon:
    def __init__(self, state, smsc):
        self.smsc, self.name, self.runs = smsc, "smppd, durable", itertools.count()
        self.stack = BenchStack(state, codes="2333", smpp=smsc.port, handsets=smsc.http, memory=1024, smppd=QUOTAS | {"log_level": "warning"},
                                link={"window": 1000, "rate": 1000000, "receipts": "no"})

    def __enter__(self):
        self.stack.__enter__()
        return self

    def __exit__(self, *_):
        self.stack.stop()

    @property
    def pids(self):
        return [self.stack.part["smppd"].pid]

    def cpu(self):
        return cpu(self.pids)

    def rss(self):
        return memory(self.pids, "VmHWM")

    def _load(self, callers, count, seconds, *more):
        argv = [BUILD / "door_load", self.stack.socket, callers, count, seconds, next(self.runs), *more]
        line = subprocess.run([str(a) for a in argv], capture_output=True, text=True, check=True).stdout
        figures = dict(word.split("=") for word in line.split()[:6])
        if int(figures["no"]):
            print(f"  smppd refused {figures['no']}:{line.partition('first-no:')[2].rstrip()}")
        return int(figures["ok"]), float(figures["p50_us"]), float(figures["p99_us"])

    def send(self, callers, seconds, *more):
        return self._load(callers, 10 ** 9 if more else 100000, seconds, *more)

    def expect_answers(self, numbers):
        """Opens a conversation with each; the first mobile."""
        run = next(self.runs)
        argv = [BUILD / "door_load", self.stack.socket, 64, numbers, 60, run]
        subprocess.run([str(a) for a in argv], capture_output=True, check=True)
        return 8092000000 + run * 100000
