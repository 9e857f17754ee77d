"""What was refused is not counted: neither by a limit of the module nor by smppd behind it."""

from itertools import count

import pytest
from stack.stack import Stack, watched
from stack.visitor import Visitor

NUMBERS = (f"849558{n:04d}" for n in count(1))
FORWARDED = "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n"


def visitor_at(stack, address):
    visitor = Visitor(stack, address=address)
    visitor.open()
    return visitor


class TestWithoutCodes:
    @pytest.fixture(scope="class")
    def stack(self, tmp_path_factory):
        limits = "SmsLimitConversations 0\nSmsLimitMobile 0\nSmsLimitMessages 2\nSmsLimitSameText 1\n"
        with watched(Stack(tmp_path_factory.mktemp("off"), captcha="off", codes="2001", httpd=FORWARDED + limits)) as running:
            yield running

    @pytest.fixture(scope="class")
    def taken(self, stack):
        """A mobile whose only short code another visitor has."""
        mobile = next(NUMBERS)
        assert visitor_at(stack, "203.0.120.1").send(mobile, "Hola, tengo el código")[0] == 202
        return mobile

    def test_a_message_smppd_refused_is_none_of_the_hour(self, stack, taken):
        visitor = visitor_at(stack, "203.0.120.2")
        told = [visitor.send(taken, f"intento {n}")[0] for n in range(3)]
        told += [visitor.send(next(NUMBERS), f"mensaje {n}")[0] for n in range(3)]
        assert told == [409] * 3 + [202] * 2 + [429]

    def test_a_text_smppd_refused_may_go_to_another_mobile(self, stack, taken):
        text = "Hola, soy yo, y esto va a uno solo"
        told = [visitor_at(stack, f"203.0.120.{10 + n}").send(mobile, text)[0]
                for n, mobile in enumerate((taken, taken, next(NUMBERS), next(NUMBERS)))]
        assert told == [409, 409, 202, 429]


class TestWithCodes:
    @pytest.fixture(scope="class")
    def stack(self, tmp_path_factory):
        limits = "SmsLimitConversations 1\nSmsLimitMobile 0\nSmsLimitSameText 1\n"
        with watched(Stack(tmp_path_factory.mktemp("on"), httpd=FORWARDED + limits)) as running:
            yield running

    def test_a_text_refused_by_the_addresss_limit_may_go_out_from_another(self, stack):
        """Both drafts were there before either was counted."""
        text = "Hola a la misma persona, en el mismo instante"
        first, second = visitor_at(stack, "203.0.121.1"), visitor_at(stack, "203.0.121.1")
        asked = [(first, first.send(next(NUMBERS), "otra cosa, escrita antes")[1]), (second, second.send(next(NUMBERS), text)[1])]
        assert [visitor.verify(pending["pending"])[0] for visitor, pending in asked] == [202, 429]
        other = visitor_at(stack, "203.0.121.2")
        assert other.verify(other.send(next(NUMBERS), text)[1]["pending"])[0] == 202
