"""What running processes cost: CPU time and memory, read from /proc; and where they may run."""

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def cpu(pids):
    """User and system seconds so far, of all of them."""
    total = 0
    for pid in pids:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(words[11]) + int(words[12])
    return total / TICK


def memory(pids, field="VmRSS"):
    """KiB of a field of status, summed."""
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith(field + ":"))


def proportional(pids):
    """KiB, shared pages divided among those who share them (PSS)."""
    lines = [line for pid in pids for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def children(pid):
    return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


def family(pid):
    """It, its children and theirs."""
    return [pid] + [each for child in children(pid) for each in family(child)]


def pin(pids, cores):
    """All their threads; those they start later follow."""
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(task.name), cores)
