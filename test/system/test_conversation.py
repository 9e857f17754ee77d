"""One conversation, end to end, over every real interface, under each MPM."""

import pytest
from stack.visitor import Visitor

ANA, LUIS = "8095551234", "8295556789"


@pytest.fixture(scope="module", params=["event", "worker", "prefork"])
def options(request):
    return {"mpm": request.param}


def test_a_message_arrives_with_name_text_and_first_message_notice(stack):
    visitor = Visitor(stack)
    queued = visitor.write("(809) 555-0001", "Hola, ¿cómo estás?")
    (sms,) = stack.handset_wait("8095550001", 1)
    assert sms["from"] == queued["code"]
    assert sms["text"].startswith("Ana (web): Hola, ¿como estas?")
    assert "BAJA" in sms["text"] and "RD$1.00" in sms["text"]


def test_the_second_message_carries_no_notice_and_uses_the_same_code(stack):
    visitor = Visitor(stack)
    first = visitor.write("8095550002", "uno")
    second = visitor.write("8095550002", "dos")
    assert (first["code"], first["conversation"]) == (second["code"], second["conversation"])
    sms = stack.handset_wait("8095550002", 2)[1]
    assert sms["text"] == "Ana (web): dos"


def test_an_answer_is_shown_and_confirmed(stack):
    visitor = Visitor(stack)
    queued = visitor.write("8095550003", "¿Vienes?")
    stack.handset_wait("8095550003", 1)
    stack.handset_answer("8095550003", queued["code"], "Sí, en 5 minutos")
    (reply,) = visitor.event_wait("reply")
    assert reply["text"] == "Sí, en 5 minutos"
    assert (reply["from"], reply["to"]) == ("8095550003", "Ana")
    assert reply["time"].endswith(("Z", "-04:00"))
    confirmation = stack.handset_wait("8095550003", 2)[1]
    assert "fue entregada a Ana" in confirmation["text"]


def test_delivery_is_reported_in_states(stack):
    visitor = Visitor(stack)
    queued = visitor.write("8095550004", "¿Llegó?")
    visitor.event_wait("state", message=queued["message"], state="delivered")


def test_two_visitors_to_one_mobile_get_two_codes_and_only_their_own_answers(stack):
    first, second = Visitor(stack, "Ana"), Visitor(stack, "Luis")
    one, two = first.write(ANA, "soy Ana"), second.write(ANA, "soy Luis")
    assert one["code"] != two["code"]
    stack.handset_wait(ANA, 2)
    stack.handset_answer(ANA, two["code"], "para Luis")
    stack.handset_answer(ANA, one["code"], "para Ana")
    assert [e["text"] for e in first.event_wait("reply")] == ["para Ana"]
    assert [e["text"] for e in second.event_wait("reply")] == ["para Luis"]


def test_one_visitor_to_two_mobiles_holds_two_conversations(stack):
    visitor = Visitor(stack)
    one, two = visitor.write("8095550005", "a uno"), visitor.write(LUIS, "a otro")
    assert one["conversation"] != two["conversation"]
    stack.handset_wait(LUIS, 1)
    stack.handset_answer(LUIS, two["code"], "del otro")
    (reply,) = visitor.event_wait("reply")
    assert reply["conversation"] == two["conversation"]
    _, answer = visitor.poll(after=0)
    assert {c["to"] for c in answer["conversations"]} == {"8095550005", LUIS}
