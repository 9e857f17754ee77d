"""The least that keeping an answer costs: two round trips to memcached and one sync of a log (floor/answer_floor.c)."""

from load_of import cpu
from stack.part import Part
from stack.stack import BUILD, Stack


class AnswerFloor:
    def __init__(self, state, smsc):
        self.smsc, self.name, self.state = smsc, "floor", state
        self.stack = Stack(state, only=("memcached",))

    def __enter__(self):
        self.stack.__enter__()
        argv = [BUILD / "answer_floor", self.smsc.port, self.stack.memcached_socket, self.state / "floor.wal"]
        self.part = Part("answer_floor", argv, self.state / "floor.log", lambda: self.smsc.ask("stats")["binds"] > 0)
        self.part.start()
        return self

    def __exit__(self, *_):
        self.part.kill()
        self.stack.stop()

    def cpu(self):
        return cpu([self.part.pid])
