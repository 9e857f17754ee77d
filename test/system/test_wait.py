"""A held poll: woken by news, time, session end and a graceful stop; never a thread; never a lost or doubled event."""

import http.client
import json
import socket
import time

import pytest
from stack.configuration import NO_LIMITS
from stack.part import wait_until
from stack.stack import fetch
from waiting import MPM, Waiting, held, metric, settled


@pytest.fixture(scope="module")
def options():
    return {"captcha": "off", "httpd": NO_LIMITS, "mpm_lines": MPM}


def test_an_answer_wakes_the_poll_at_once(stack):
    visitor, queued = settled(stack, "8095560001")
    waiting = Waiting(visitor)
    held(stack, 1)
    begun = time.monotonic()
    stack.handset_answer("8095560001", queued["code"], "aquí estoy")
    status, answer = waiting.over()
    assert status == 200 and [e["text"] for e in answer["events"] if e["type"] == "reply"] == ["aquí estoy"]
    assert time.monotonic() - begun < 1
    held(stack, 0)


def test_a_poll_that_nothing_happens_to_ends_with_its_time(stack):
    visitor, _ = settled(stack, "8095560002")
    waiting = Waiting(visitor, wait=2)
    status, answer = waiting.over()
    assert status == 200 and answer["events"] == []
    assert 1.5 < waiting.seconds < 4


def test_many_wait_on_few_threads_and_the_server_still_answers_others(stack):
    talks = [settled(stack, f"80955601{n:02d}") for n in range(40)]
    stack.expect("AH00484")  # the threads are eight: for a moment all read what came
    polls = [Waiting(visitor, wait=25) for visitor, _ in talks]
    held(stack, 40)
    begun = time.monotonic()
    for _ in range(10):
        assert fetch(stack.url + "static/sms.css")[0] == 200
    assert time.monotonic() - begun < 2
    for number, (_, queued) in enumerate(talks):
        stack.handset_answer(f"80955601{number:02d}", queued["code"], f"respuesta {number}")
    for number, poll in enumerate(polls):
        _, answer = poll.over()
        assert [e["text"] for e in answer["events"] if e["type"] == "reply"] == [f"respuesta {number}"]
    held(stack, 0)


def test_a_client_that_leaves_frees_its_place(stack):
    visitor, _ = settled(stack, "8095560003")
    connection = http.client.HTTPConnection("127.0.0.1", stack.options["port"])
    cookie = "; ".join(f"{k}={v}" for k, v in visitor.cookies.items())
    connection.request("GET", f"/sms/poll?after={visitor.cursor}&wait=50", headers={"Cookie": cookie})
    held(stack, 1)
    connection.close()
    held(stack, 0)


def test_beyond_the_cap_a_poll_is_answered_at_once_with_a_hint(stack):
    talks = {mobile: settled(stack, mobile) for mobile in (f"80955602{number:02d}" for number in range(16))}
    visitor, _ = settled(stack, "8095560004")
    stack.expect("AH00484")
    crowd = [Waiting(each.twin(), wait=50) for each, _ in talks.values() for _ in range(4)]
    held(stack, 64)
    begun = time.monotonic()
    status, headers, octets = visitor.request("GET", f"poll?after={visitor.cursor}&wait=6")
    assert status == 200 and json.loads(octets)["retry_in"] > 0 and time.monotonic() - begun < 1
    assert headers["Connection"] == "close"  # the next one may come to a child that has room
    for mobile, (_, queued) in talks.items():
        stack.handset_answer(mobile, queued["code"], "ya")
    for poll in crowd:
        assert poll.over()[0] == 200


def test_a_visitor_with_many_windows_leaves_places_to_others(stack):
    visitor, _ = settled(stack, "8095560010")
    other, _ = settled(stack, "8095560011")
    windows = [Waiting(visitor.twin(), wait=3) for _ in range(4)]
    held(stack, 4)
    status, answer = visitor.poll(wait=3)
    assert status == 200 and answer["retry_in"] > 0
    windows.append(Waiting(other, wait=3))
    held(stack, 5)
    for window in windows:
        assert window.over()[0] == 200


def test_the_end_of_a_session_wakes_its_polls(stack):
    visitor, _ = settled(stack, "8095560005")
    waiting = Waiting(visitor.twin())
    held(stack, 1)
    status, _ = visitor.call("POST", "end", {})
    assert status == 200
    assert waiting.over()[0] == 410


def test_keep_alive_goes_on_after_a_held_poll(stack):
    visitor, queued = settled(stack, "8095560006")
    for number in range(5):
        waiting = Waiting(visitor)
        held(stack, 1)
        connection = visitor.connection
        stack.handset_answer("8095560006", queued["code"], f"vez {number}")
        texts = [e["text"] for e in waiting.over()[1]["events"] if e["type"] == "reply"]
        assert texts == [f"vez {number}"] and visitor.connection is connection


def test_a_graceful_restart_answers_who_waits(stack):
    visitor, queued = settled(stack, "8095560007")
    waiting = Waiting(visitor)
    held(stack, 1)
    stack.httpd_signal("graceful")
    assert waiting.over()[0] == 200
    wait_until(lambda: fetch(stack.url + "health")[0] == 200, 10, "httpd after the restart")
    waiting = Waiting(visitor)
    stack.handset_answer("8095560007", queued["code"], "después")
    assert [e["text"] for e in waiting.over()[1]["events"] if e["type"] == "reply"] == ["después"]


def test_an_answer_after_smppd_restarted_still_wakes(stack):
    visitor, queued = settled(stack, "8095560008")
    waiting = Waiting(visitor, wait=25)
    stack.part["smppd"].kill()
    stack.expect("SI01", "SD0")
    stack.start_smppd()
    stack.handset_answer("8095560008", queued["code"], "sigo aquí")
    assert [e["text"] for e in waiting.over(25)[1]["events"] if e["type"] == "reply"] == ["sigo aquí"]


def memcached_stat(stack, name):
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(stack.memcached_socket))
        line.sendall(b"stats\r\n")
        answer = b""
        while not answer.endswith(b"END\r\n"):
            answer += line.recv(65536)
    return int(next(word.split()[2] for word in answer.decode().splitlines() if word.startswith(f"STAT {name} ")))


def test_answers_of_our_own_smppd_make_nobody_look_after_the_others(stack):
    (mobile, (visitor, queued)), *others = [(each, settled(stack, each)) for each in (f"80955603{number:02d}" for number in range(20))]
    polls = [Waiting(other, wait=50) for _, (other, _) in others]
    held(stack, 19)
    time.sleep(1.5)  # the first look asks for the transcripts
    before, begun, said = metric(stack, "sessions_swept_total"), time.monotonic(), 0
    while time.monotonic() - begun < 4:
        said += 1
        stack.handset_answer(mobile, queued["code"], f"r{said}")
        visitor.event_wait("reply", text=f"r{said}")
    assert metric(stack, "sessions_swept_total") - before <= 2 * 20, f"{said} answers"  # one look may fall between two counters
    for other, (_, theirs) in others:
        stack.handset_answer(other, theirs["code"], "ya")
    for poll in polls:
        assert poll.over()[0] == 200


def gets_a_second(stack):
    """Over three seconds, or as long as they take on a loaded machine."""
    before, begun = memcached_stat(stack, "cmd_get"), time.monotonic()
    time.sleep(3)
    return (memcached_stat(stack, "cmd_get") - before) / (time.monotonic() - begun)


def test_nobody_waiting_costs_memcached_nothing_and_somebody_one_look_a_second(stack):
    visitor, queued = settled(stack, "8095560009")
    held(stack, 0)
    quiet = gets_a_second(stack)
    waiting = Waiting(visitor, wait=50)
    held(stack, 1)
    time.sleep(1.5)  # the first look asks for the transcripts too
    busy = gets_a_second(stack)
    assert 0 < busy - quiet <= 2 * 4 / 3, (quiet, busy)  # two keys a look; smppd looks for its own all the time
    stack.handset_answer("8095560009", queued["code"], "ya")
    assert waiting.over()[0] == 200
