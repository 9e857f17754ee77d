"""The wall: how much one address, network, session, mobile or text may do. Each test has addresses of its own."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from stack.octets import answer_of, posted, together
from stack.visitor import Visitor

NUMBERS = (f"849555{n:04d}" for n in count(1))


@pytest.fixture(scope="module")
def options():
    return {"captcha": "off", "codes": " ".join(str(n) for n in range(2001, 2013)),
            "httpd": "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n"
                     "SmsLimitConversations 3\nSmsLimitMessages 8\nSmsLimitNetwork 2\nSmsLimitSession 2\n"
                     "SmsLimitMobile 4\nSmsLimitSameText 2\nSmsLimitPictures 5"}


def visitor_at(stack, address):
    visitor = Visitor(stack, address=address)
    visitor.open()
    return visitor


def opens(stack, address, number=None, text=None):
    """One message of a new visitor to a mobile nobody else writes to."""
    number = number or next(NUMBERS)
    return visitor_at(stack, address).send(number, text or f"Hola {number}")


def test_an_address_opens_so_many_conversations(stack):
    assert [opens(stack, "203.0.113.1")[0] for _ in range(3)] == [202] * 3
    visitor = visitor_at(stack, "203.0.113.1")
    status, headers, octets = visitor.request("POST", "send", {"name": "Ana", "number": next(NUMBERS), "message": "x"})
    assert status == 429 and 0 < int(headers["Retry-After"]) <= 3600 + 1200
    assert "Espera" in octets.decode()
    assert opens(stack, "203.0.113.2")[0] == 202


def test_an_address_sends_so_many_messages(stack):
    visitor, number = visitor_at(stack, "203.0.114.1"), next(NUMBERS)
    told = [visitor.send(number, f"mensaje {n}") for n in range(10)]
    assert [status for status, _ in told] == [202] * 8 + [429] * 2
    assert told[9][1]["type"] == "too-many" and "Espera" in told[9][1]["detail"] and 0 < told[9][1]["retry_in"] <= 2 * 3600


def test_a_network_may_do_twice_what_an_address_may(stack):
    told = [opens(stack, f"203.0.115.{n}")[0] for n in range(1, 9)]
    assert told == [202] * 6 + [429] * 2


def test_an_ipv6_network_is_a_64(stack):
    told = [opens(stack, f"2001:db8:1:2::{n}")[0] for n in range(1, 9)]
    assert told == [202] * 6 + [429] * 2
    assert opens(stack, "2001:db8:1:3::1")[0] == 202


@pytest.mark.parametrize("spellings", [
    ("203.0.122.1", "::ffff:203.0.122.1", "::FFFF:203.0.122.1", "::ffff:cb00:7a01"),
    ("2001:db8:1:4::1", "2001:DB8:1:4::1", "2001:0db8:0001:0004:0:0:0:1", "2001:db8:1:4:0::1"),
])
def test_an_address_is_one_however_it_is_written(stack, spellings):
    assert [opens(stack, address)[0] for address in spellings] == [202, 202, 202, 429]


def test_a_session_holds_so_many_conversations(stack):
    visitor = visitor_at(stack, "203.0.116.1")
    numbers = [next(NUMBERS) for _ in range(3)]
    told = [visitor.send(number, f"Hola {number}")[0] for number in numbers]
    assert told == [202, 202, 429]
    assert visitor.send(numbers[0], "sigo aquí")[0] == 202


def test_of_many_at_once_a_session_opens_no_more(stack):
    visitor = visitor_at(stack, "203.0.119.1")
    visitor.write(next(NUMBERS), "Hola, ya te escribo")
    requests = []
    for n in range(12):
        visitor.address, number = f"203.4.{n}.1", next(NUMBERS)
        requests.append(posted(visitor, "send", {"name": "Ana", "number": number, "message": f"Hola {number}"}))
    told = [answer_of(octets) for octets in together(stack, requests)]
    assert [status for status, _ in told].count(202) == 1
    assert {status for status, _ in told} == {202, 429}
    assert all(answer["type"] == "too-many" and "conversaciones abiertas" in answer["detail"] and answer["retry_in"] > 0
               for status, answer in told if status == 429)
    assert len(visitor.poll(after=0)[1]["conversations"]) == 2


def test_a_mobile_gets_so_many_conversations_from_anyone(stack):
    number = next(NUMBERS)
    told = [opens(stack, f"203.1.{n}.1", number, f"soy {n}") for n in range(5)]
    assert [status for status, _ in told] == [202] * 4 + [429]
    assert told[4][1]["type"] == "too-many-to-mobile" and "Espera" in told[4][1]["detail"] and 0 < told[4][1]["retry_in"] <= 2 * 3600


def test_a_text_goes_to_so_many_mobiles_in_any_disguise(stack):
    texts = ("Gana un premio llamando ya mismo", "GANA un prémio, llamando ya mismo!", "Gan@ un premi0 llamando ya mismo",
             "Gana un premio lla\u200bmando ya mismo")
    told = [opens(stack, f"203.2.{n}.1", text=text) for n, text in enumerate(texts)]
    assert [status for status, _ in told] == [202, 202, 429, 429]
    refused = told[2][1]
    assert refused["type"] == "same-text" and refused["field"] == "message" and 0 < refused["retry_in"] <= 2 * 600
    assert "varios móviles" in refused["title"] and "Escríbelo de otra forma o espera" in refused["detail"]


def test_a_mobile_a_text_was_refused_for_is_refused_again(stack):
    numbers = [next(NUMBERS) for _ in range(3)]
    told = [opens(stack, f"203.5.{n}.1", number, "Gana otro premio, llama ahora mismo")[0] for n, number in enumerate(numbers + numbers)]
    assert told == [202, 202, 429, 202, 202, 429]


def test_a_greeting_is_no_mass_message(stack):
    assert [opens(stack, f"203.3.{n}.1", text="Hola")[0] for n in range(4)] == [202] * 4


def test_neighbours_of_one_network_greet_alike(stack):
    assert [opens(stack, f"203.3.99.{n}", text="Llámame")[0] for n in range(1, 6)] == [202] * 5


def test_many_at_once_get_no_further(stack):
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda _: opens(stack, "203.0.117.1")[0], range(16)))
    assert told.count(202) == 3 and told.count(429) == 13


def test_a_refused_form_keeps_what_was_typed(stack):
    for _ in range(3):
        opens(stack, "203.0.118.1")
    visitor = visitor_at(stack, "203.0.118.1")
    status, _, octets = visitor.request("POST", "send", {"name": "Ana", "number": "8495559999", "message": "no me pierdas"},
                                        headers={"Accept": "text/html"})
    assert status == 429 and b"no me pierdas" in octets and b"8495559999" in octets
