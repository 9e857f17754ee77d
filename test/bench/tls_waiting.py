"""What a visitor who waits over TLS takes of httpd's memory: far more, for mod_ssl and OpenSSL keep buffers of their own."""

from idle_poll import wrk
from load_of import children, proportional
from stack.configuration import TLS_MODULES, tls_lines
from stack.part import wait_until
from stack.stack import free_port
from stack.visitor import Visitor
from waiting import Line, metric

AS_CHROMIUM = {"User_Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
               "Accept_Encoding": "gzip, deflate, br, zstd", "Accept_Language": "es-DO,es;q=0.9,en;q=0.8", "Referer": "https://localhost/sms/"}


def speaks_tls(stack):
    """The stack, not started yet, with a port for TLS too; cookies are those of the other port."""
    stack.options["tls_port"] = free_port()
    stack.options["modules"] += TLS_MODULES
    stack.options["httpd"] += "SmsSecureCookie off\n" + tls_lines(stack.state, stack.options["tls_port"])
    return stack


def settled(stack, mobile):
    visitor = Visitor(stack)
    visitor.write(mobile, "hola")
    visitor.event_wait("state", state="accepted")
    visitor.poll()
    visitor.close()
    return visitor


def waits(stack, visitor):
    """Over a connection that has brought the page before."""
    line = Line(stack.options["tls_port"], tls=True)
    for path in ("", "poll?after=0"):
        line.ask(visitor, path, **AS_CHROMIUM)
        assert line.answer()[0] == 200
    line.ask(visitor, f"poll?after={visitor.cursor}&wait=55", **AS_CHROMIUM)
    return line


def tls_waiting(stack, count):
    """KiB each (PSS)."""
    visitors = [settled(stack, str(8094000000 + nth)) for nth in range(count)]
    wrk(f"https://127.0.0.1:{stack.options['tls_port']}/sms/health", seconds=1)  # every thread has its pools
    pids = children(stack.part["httpd"].pid)
    fresh = proportional(pids)
    lines = [waits(stack, visitor) for visitor in visitors]
    wait_until(lambda: metric(stack, "waiting") == count, 20, f"{count} to wait over TLS")
    held = proportional(pids)
    for line in lines:
        line.close()
    return (held - fresh) / count
