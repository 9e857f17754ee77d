"""Stands between one smppd and memcached: answers late, or hangs up when a certain command passes."""

import socket
import threading
import time


class Between:
    """`cut`: the next request that holds these octets is done, or not even that where `drop`, but its answer never comes. `before`: called before such a one."""

    def __init__(self, path, memcached):
        self.path, self.memcached, self.cut, self.drop, self.before, self.late = path, str(memcached), None, False, None, 0
        self.cuts, self.unheard = 0, {}
        self.door = socket.socket(socket.AF_UNIX)
        self.door.bind(str(path))
        path.chmod(0o666)  # smppd may be another user
        self.door.listen()
        threading.Thread(target=self._welcome, daemon=True).start()

    def _welcome(self):
        while True:
            try:
                near, _ = self.door.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self.memcached)
            threading.Thread(target=self._asked, args=(near, far), daemon=True).start()
            threading.Thread(target=self._answered, args=(near, far), daemon=True).start()

    def _asked(self, near, far):
        while octets := self._take(near):
            doomed = self.cut and self.cut in octets
            if doomed:
                self.cut, before = None, self.before
                if before:
                    before()
                else:
                    self.cuts += 1
                    if not self.drop:
                        self._do_unheard(near, far, octets)
                    near.shutdown(socket.SHUT_RDWR)
                    break
            far.sendall(octets)
        try:
            far.shutdown(socket.SHUT_WR)  # what was asked is done all the same
        except OSError:
            pass  # it hung up first

    def _do_unheard(self, near, far, octets):
        """Before it hangs up: else what is asked next, on another connection, may be done first."""
        self.unheard[near] = answered = threading.Event()
        far.sendall(octets)
        answered.wait(1)

    def _answered(self, near, far):
        while octets := self._take(far):
            if near in self.unheard:
                self.unheard[near].set()
                continue
            time.sleep(self.late)
            try:
                near.sendall(octets)
            except OSError:
                pass  # it hung up
        near.close()
        far.close()

    @staticmethod
    def _take(line):
        try:
            return line.recv(1 << 20)
        except OSError:
            return b""

    def close(self):
        self.door.close()
        self.path.unlink()
