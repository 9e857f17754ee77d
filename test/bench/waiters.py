"""The crowd of waiters.c, as benches and tests command it."""

import subprocess

from stack.stack import BUILD


class Waiters:
    """So many browsers in one program: each opens the page, sends a message and holds a poll. `opened` is how fast they came."""

    def __init__(self, stack, count, first):
        argv = [BUILD / "waiters", stack.options["port"], stack.options["handsets"], count, first, stack.state / "secret"]
        self.process = subprocess.Popen([str(a) for a in argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.opened = self._line()

    def _line(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the waiters ended early")
        return {k: float(v) for k, v in (word.split("=") for word in line.split())}

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self._line()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)
