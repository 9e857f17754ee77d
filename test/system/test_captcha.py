"""One code authorises one message: whoever tries twice, at once, elsewhere or by guessing sends nothing."""

import hashlib
import http.client
import re
import socket
import subprocess
import wave
from collections import Counter
from itertools import count

import pytest
from stack.octets import answer_of, exchange, posted, together
from stack.part import wait_until
from stack.stack import BUILD
from stack.visitor import Visitor

NUMBERS = (f"829555{n:04d}" for n in count(1))


def tone(digit):
    """A digit as an administrator recorded it: a square wave, each of a length of its own."""
    return b"\x20\x20\xe0\xe0" * (300 + 20 * digit)


@pytest.fixture(scope="module")
def options(tmp_path_factory):
    voice = tmp_path_factory.mktemp("voice")
    for digit in range(10):
        with wave.open(str(voice / f"{digit}.wav"), "wb") as file:
            file.setparams((1, 1, 8000, 0, "NONE", ""))
            file.writeframes(tone(digit))
    return {"modules": ("lua",),
            "httpd": "LuaOutputFilter PIECES ${SMS_CONF}/pieces.lua pieces\n"
                     "<Location /pieces>\nSetHandler smsinteractivo\nSetOutputFilter PIECES\n</Location>\n"
                     "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\nSmsLimitSameText 0\n"
                     f"<Location /recorded>\nSetHandler smsinteractivo\nSmsVoice {voice}\n</Location>"}


ADDRESSES = (f"198.51.{n // 200}.{n % 200 + 1}" for n in count(1))


@pytest.fixture
def visitor(stack):
    """A visitor at an address of his own, so that no other test's limits meet him."""
    fresh = Visitor(stack, address=next(ADDRESSES))
    fresh.open()
    return fresh


def all_at_once(visitor, pending, code):
    """32 presses of one button. A full httpd closes its idle connections, so the visitor's own is opened anew."""
    answers = together(visitor.stack, [posted(visitor, "verify", {"pending": pending, "code": code})] * 32)
    visitor.close()
    return [answer_of(octets) for octets in answers]


def pending_of(visitor, text="Hola", number=None):
    status, answer = visitor.send(number or next(NUMBERS), text)
    assert status == 202 and answer["state"] == "captcha", (status, answer)
    return answer


def memcached(stack, command):
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(stack.memcached_socket))
        line.sendall(command.encode() + b"\r\n")
        return line.recv(4096).decode().strip()


def sent(stack, mobile):
    return stack.handset(mobile)


def path_of(url):
    return url.removeprefix("/sms/")


def test_a_right_code_sends_its_message_once(stack, visitor):
    mobile = next(NUMBERS)
    asked = pending_of(visitor, "uno", mobile)
    assert asked["to"] == mobile and asked["attempts"] == 5 and 0 < asked["expires_in"] <= 300
    status, queued = visitor.verify(asked["pending"])
    assert (status, queued["state"]) == (202, "queued")
    assert len(stack.handset_wait(mobile, 1)) == 1


def test_a_second_press_gets_the_first_ones_answer(stack, visitor):
    mobile = next(NUMBERS)
    asked = pending_of(visitor, "dos veces", mobile)
    before = visitor.twin()
    _, first = visitor.verify(asked["pending"])
    status, second = visitor.verify(asked["pending"])
    assert (status, second["message"]) == (202, first["message"])
    code = before.code_of(asked["pending"])
    status, third = before.verify(asked["pending"], code)  # as a browser that never saw the first answer
    assert (status, third["message"]) == (202, first["message"])
    assert before.cookies == visitor.cookies
    stack.handset_wait(mobile, 1)
    assert len(visitor.event_wait("sent")) == 1


def test_32_right_presses_at_once_send_one_sms(stack, visitor):
    mobile = next(NUMBERS)
    asked = pending_of(visitor, "todos a la vez", mobile)
    code = visitor.code_of(asked["pending"])
    answers = all_at_once(visitor, asked["pending"], code)
    told = Counter(status for status, _ in answers)
    assert told[202] >= 1 and set(told) <= {202, 409, 410}, told
    assert len({answer["message"] for status, answer in answers if status == 202}) == 1
    visitor.verify(asked["pending"], code)
    assert len(visitor.event_wait("sent")) == 1
    assert len(stack.handset_wait(mobile, 1)) == 1


def test_32_wrong_presses_at_once_use_up_the_tries(visitor):
    asked = pending_of(visitor)
    code = visitor.code_of(asked["pending"])
    answers = all_at_once(visitor, asked["pending"], "!")
    told = Counter(answer["type"] for _, answer in answers)
    assert told["captcha-wrong"] == 4 and told["captcha-tries"] == 1, told
    status, answer = visitor.verify(asked["pending"], code)
    assert (status, answer["type"]) == (410, "captcha-gone")


def test_a_code_dies_five_minutes_after_it_was_shown(stack, visitor):
    asked = pending_of(visitor)
    visitor.verify(asked["pending"], "mal")
    visitor.send(asked["to"], "Hola")  # the same draft once more makes it live no longer
    assert asked["expires_in"] == 300
    for key in ("p", "x"):  # memcached's n lives n - 1 to n seconds
        life = memcached(stack, f"mg smsi:{key}:{asked['pending']} t")
        assert 285 <= int(life.removeprefix("HD t")) <= 301, key


def test_a_wrong_code_says_how_many_are_left_and_the_last_gives_a_new_one(visitor):
    asked = pending_of(visitor, "sigue aquí")
    left = [visitor.verify(asked["pending"], "mal")[1].get("attempts") for _ in range(4)]
    assert left == [4, 3, 2, 1]
    status, answer = visitor.verify(asked["pending"], "mal")
    assert (status, answer["type"]) == (410, "captcha-tries") and answer["pending"] != asked["pending"]
    assert [visitor.request("GET", path_of(asked[kind]))[0] for kind in ("image", "audio")] == [404, 404]
    status, queued = visitor.verify(answer["pending"])
    assert (status, queued["state"]) == (202, "queued")


def test_a_used_code_sends_nothing_after_memcached_was_flushed(stack, visitor):
    mobile = next(NUMBERS)
    asked = pending_of(visitor, "una sola", mobile)
    code = visitor.code_of(asked["pending"])
    assert visitor.verify(asked["pending"], code)[0] == 202
    stack.handset_wait(mobile, 1)
    assert memcached(stack, "flush_all") == "OK"
    status, answer = visitor.verify(asked["pending"], code)
    assert (status, answer["type"]) == (410, "captcha-gone")
    assert len(sent(stack, mobile)) == 1


def test_a_used_code_that_memcached_gives_back_for_another_message_sends_nothing(stack, visitor):
    mobile, other = next(NUMBERS), next(NUMBERS)
    asked = pending_of(visitor, "una sola", mobile)
    code, key = visitor.code_of(asked["pending"]), f"smsi:p:{asked['pending']}"
    kept = memcached(stack, f"get {key}").split("\r\n")[1]
    assert visitor.verify(asked["pending"], code)[0] == 202
    forged = re.sub(r" key=\w+", " key=" + "f" * 32, kept.replace(mobile, other))
    assert memcached(stack, f"set {key} 0 300 {len(forged)}\r\n{forged}") == "STORED"
    assert memcached(stack, f"delete smsi:u:{asked['pending']}") == "DELETED"
    status, answer = visitor.verify(asked["pending"], code)
    assert (status, answer["type"]) == (410, "captcha-gone") and "paid" not in answer
    assert sent(stack, other) == [] and len(stack.handset_wait(mobile, 1)) == 1


def test_a_code_is_worth_nothing_in_another_session(stack, visitor):
    asked = pending_of(visitor)
    other = Visitor(stack, address=next(ADDRESSES))
    other.open()
    status, answer = other.verify(asked["pending"], visitor.code_of(asked["pending"]))
    assert (status, answer["type"]) == (410, "captcha-gone")
    before, code = visitor.twin(), visitor.code_of(asked["pending"])
    assert visitor.verify(asked["pending"], code)[0] == 202  # and the owner's is still good
    assert other.verify(asked["pending"], code) == (status, answer)  # what became of it is the owner's too
    assert before.verify(asked["pending"], code)[0] == 202


def test_an_unknown_id_is_answered_as_one_of_another_session(stack, visitor):
    asked = pending_of(visitor)
    other = Visitor(stack, address=next(ADDRESSES))
    other.open()
    foreign = other.verify(asked["pending"], "x")
    unknown = other.verify("0" * 32, "x")
    assert foreign == unknown
    pictures = [other.request("GET", f"captcha/{i}.png")[::2] for i in (asked["pending"], "0" * 32)]
    assert pictures[0] == pictures[1] and pictures[0][0] == 404


def test_a_changed_draft_needs_its_own_code(visitor):
    mobile = next(NUMBERS)
    fields = {"name": "Ana", "number": mobile, "message": "uno", "key": "k" * 32}
    first = visitor.call("POST", "send", fields)[1]
    assert visitor.call("POST", "send", fields)[1]["pending"] == first["pending"]
    code = visitor.code_of(first["pending"])
    for changed in ({"message": "otro"}, {"number": next(NUMBERS)}, {"name": "Eva"}):
        other = visitor.call("POST", "send", fields | changed)[1]["pending"]
        assert other != first["pending"] and visitor.verify(other, code)[1]["type"] == "captcha-wrong"
    assert visitor.call("POST", "verify", {"pending": first["pending"], "code": code} | fields | {"message": "otro", "number": next(NUMBERS)})[0] == 202
    assert visitor.event_wait("sent")[0]["text"] == "uno"  # what was shown beside the code, whatever the form says


def got(visitor, path):
    """The octets of a GET by this visitor, for `together`."""
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: {cookies}\r\n\r\n".encode()


def test_one_id_has_one_picture_however_often_it_is_fetched(stack, visitor):
    asked = pending_of(visitor)
    status, headers, picture = visitor.request("GET", path_of(asked["image"]))
    assert status == 200 and headers["Content-Type"] == "image/png" and len(picture) <= 1600
    at_once = together(stack, [got(visitor, asked["image"])] * 16)
    visitor.close()
    visitor.verify(asked["pending"], "mal")
    later = visitor.request("GET", path_of(asked["image"]))[2]
    assert {octets.partition(b"\r\n\r\n")[2] for octets in at_once} | {later} == {picture}


def test_the_dark_picture_shows_the_same_in_other_colours(visitor):
    asked = pending_of(visitor)
    light = visitor.request("GET", path_of(asked["image"]))[2]
    status, headers, dark = visitor.request("GET", path_of(asked["image"]).replace(".png", "-dark.png"))
    assert status == 200 and headers["Content-Type"] == "image/png"
    palette = slice(light.index(b"PLTE"), light.index(b"IDAT") - 4)
    assert light[palette] != dark[palette]
    assert light[:palette.start] + light[palette.stop:] == dark[:palette.start] + dark[palette.stop:]


def test_a_fresh_picture_kills_the_old_code(visitor):
    asked = pending_of(visitor)
    status, fresh = visitor.call("POST", "captcha", {"pending": asked["pending"]})
    assert status == 200 and fresh["pending"] != asked["pending"]
    assert visitor.verify(asked["pending"])[0] == 410
    assert visitor.verify(fresh["pending"])[0] == 202


def test_a_code_may_be_typed_in_small_letters_with_spaces(visitor):
    asked = pending_of(visitor)
    code = visitor.code_of(asked["pending"])
    assert visitor.verify(asked["pending"], f" {code[:2].lower()} {code[2:].lower()} ")[0] == 202


def test_while_smppd_is_away_no_code_is_spent(stack, visitor):
    mobile = next(NUMBERS)
    stack.part["smppd"].stop()
    stack.expect("SI0101", "SD0007")
    asked = pending_of(visitor, "con paciencia", mobile)
    for _ in range(7):
        status, answer = visitor.verify(asked["pending"])
        assert (status, answer["type"]) == (503, "away") and answer["retry_in"] > 0
    stack.start_smppd()
    wait_until(lambda: visitor.verify(asked["pending"])[0] == 202, 10, "smppd to be found again")
    assert len(stack.handset_wait(mobile, 1)) == 1


def test_while_smppd_is_away_no_message_is_counted(stack, visitor):
    mobile = next(NUMBERS)
    visitor.write(mobile, "con código")
    stack.part["smppd"].stop()
    stack.expect("SI0101", "SD0007")
    assert [visitor.send(mobile, "pulso otra vez")[0] for _ in range(5)] == [503] * 5
    stack.start_smppd()
    wait_until(lambda: visitor.call("GET", "health")[0] == 200, 10, "smppd to be found again")
    assert [visitor.send(mobile, f"sin código {n}")[1]["state"] for n in range(3)] == ["queued", "queued", "captcha"]


def test_a_right_code_pays_until_a_line_is_free(stack, visitor):
    mobile = next(NUMBERS)
    others = [Visitor(stack, address=next(ADDRESSES)) for _ in range(4)]
    for other in others:
        other.write(mobile, "ocupo una línea")
    asked = pending_of(visitor, "espero una línea", mobile)
    status, answer = visitor.verify(asked["pending"])
    assert (status, answer["type"], answer["paid"]) == (409, "codes-busy", True) and answer["retry_in"] > 0
    assert visitor.verify(asked["pending"])[0] == 410  # the code itself is spent
    status, again = visitor.verify(answer["pending"], "-")
    assert (status, again["paid"]) == (409, True)
    stranger = Visitor(stack, address=next(ADDRESSES))
    stranger.open()
    assert stranger.verify(again["pending"], "-")[0] == 410
    assert others[0].call("POST", "end", {})[0] == 200
    status, queued = visitor.verify(again["pending"], "-")
    assert (status, queued["state"]) == (202, "queued")
    assert visitor.verify(again["pending"], "-")[1]["message"] == queued["message"]
    assert len([m for m in stack.handset_wait(mobile, 5) if "espero" in m["text"]]) == 1


def test_a_further_message_needs_a_code_after_three_without_an_answer(visitor):
    mobile = next(NUMBERS)
    visitor.write(mobile, "uno")
    states = [visitor.send(mobile, text)[1]["state"] for text in ("dos", "tres", "cuatro")]
    assert states == ["queued", "queued", "captcha"]


def digits_of(stack, pending):
    done = subprocess.run([BUILD / "captcha-code", "--digits", str(stack.state / "secret"), pending],
                          capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_spoken_code_counts_only_where_it_was_heard(stack, visitor):
    asked = pending_of(visitor)
    digits = digits_of(stack, asked["pending"])
    assert visitor.verify(asked["pending"], digits)[0] == 422
    status, headers, octets = visitor.request("GET", path_of(asked["audio"]))
    assert status == 200 and headers["Content-Type"] == "audio/wav"
    assert octets[:4] == b"RIFF" and len(octets) <= 56000
    assert visitor.verify(asked["pending"], digits)[0] == 202


def test_an_administrators_recordings_are_heard(stack, visitor):
    asked = pending_of(visitor)
    head, _, octets = exchange(stack, got(visitor, f"/recorded/captcha/{asked['pending']}.wav")).partition(b"\r\n\r\n")
    assert head.split()[1] == b"200" and len(octets) <= 56000
    spoken = [len(piece.strip(b"\x80")) for piece in octets[44:].split(b"\x80" * 1600) if piece.strip(b"\x80")]
    by_length = sorted(zip(spoken, digits_of(stack, asked["pending"]), strict=True))
    assert [digit for _, digit in by_length] == sorted(digit for _, digit in by_length)


def test_an_answer_that_another_module_cuts_comes_whole(stack, visitor):
    (stack.state / "conf" / "pieces.lua").write_text(
        "function pieces(r)\n  coroutine.yield('')\n  while bucket do coroutine.yield(bucket) end\nend\n")
    audio = path_of(pending_of(visitor)["audio"])
    connection = http.client.HTTPConnection("127.0.0.1", stack.options["port"], timeout=30)
    connection.request("GET", f"/pieces/{audio}", headers={"Cookie": "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())})
    answer = connection.getresponse()
    assert answer.headers["Transfer-Encoding"] == "chunked" and answer.read() == visitor.request("GET", audio)[2]
    connection.close()


def proof_of(pending, bits):
    nonce = 0
    while int.from_bytes(hashlib.sha256(f"{pending}:{nonce}".encode()).digest()[:8], "big") >> (64 - bits):
        nonce += 1
    return f"w{nonce}"


def test_a_proof_of_work_stands_for_a_code_of_its_own_message(visitor):
    one, other = pending_of(visitor, "uno"), pending_of(visitor, "otro")
    assert 20 <= one["work"] <= 28
    proof = proof_of(one["pending"], one["work"])
    assert visitor.verify(other["pending"], proof)[0] == 422
    assert visitor.verify(one["pending"], "w1")[0] == 422
    assert visitor.verify(one["pending"], proof)[0] == 202
    dearer = pending_of(visitor, "tres")
    assert dearer["work"] >= one["work"]
