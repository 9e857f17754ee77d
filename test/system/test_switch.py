"""The switchboard: who gets which code, whose an answer is, and what outlives a crash."""

import pytest
from daemon_stack import Refused, Session, counters, mobiles, running
from stack.part import wait_until

@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with running(tmp_path_factory.mktemp("switch"), codes="2333 2024",
                 smppd={"conversation": "3s", "mobile_hourly": 1000}) as stack:
        yield stack


def test_two_visitors_to_one_mobile_get_two_codes_and_only_their_own_answers(daemon, door, mobile):
    ana, luis = Session(door, "Ana"), Session(door, "Luis")
    one, two = ana.send(mobile), luis.send(mobile)
    assert {one["code"], two["code"]} == {"2333", "2024"}
    daemon.handset_wait(mobile, 2)
    daemon.handset_answer(mobile, two["code"], "para Luis")
    daemon.handset_answer(mobile, one["code"], "para Ana")
    assert [e["text"] for e in daemon.events_wait(ana.sid, "reply")] == ["para Ana"]
    assert [e["text"] for e in daemon.events_wait(luis.sid, "reply")] == ["para Luis"]


def test_beyond_a_full_queue_nothing_is_taken_until_there_is_room(tmp_path):
    with running(tmp_path, smppd={"queue": 2}) as daemon:
        door, operator = daemon.client(), daemon.client(role="ctl")
        operator.ask("link-pause", name="smsc")
        for _ in range(2):
            Session(door).send(next(mobiles))
        with pytest.raises(Refused) as refused:
            Session(door).send(next(mobiles))
        assert refused.value.reason == "queue-full" and door.ask("health")["accepting"] == "no"
        operator.ask("link-resume", name="smsc")
        wait_until(lambda: door.ask("health")["accepting"] == "yes", 5, "room")
        Session(door).send(next(mobiles))
        door.close()
        operator.close()


def test_a_third_visitor_is_told_when_a_code_will_be_free(door, mobile):
    Session(door).send(mobile)
    Session(door).send(mobile)
    with pytest.raises(Refused) as refused:
        Session(door).send(mobile)
    assert refused.value.reason == "codes-busy"
    assert 1 <= int(refused.value.fields["retry-in"]) <= 3


def refusals(door, tags):
    """(reason, seconds) of those that are refused; answers come in any order."""
    told = []
    while tags:
        verb, tag, fields = door.parse(door.reader.readline())
        if tag in tags:
            tags.remove(tag)
            if verb == "no":
                told.append((fields["reason"], int(fields.get("retry-in", 0))))
    return told


def sends_at_once(door, ana, count, **fields):
    return [door.put("send", session=ana.sid, mobile=next(mobiles), name="Ana", text="hola", key=f"{ana.sid}-{n}",
                     nonce=f"n{ana.sid}-{n}", **fields) for n in range(count)]


def test_of_many_sends_at_once_a_session_opens_no_more_than_it_may(door):
    ana = Session(door)
    told = refusals(door, sends_at_once(door, ana, 10, most=3))
    assert [reason for reason, _ in told] == ["too-many-open"] * 7
    assert all(1 <= retry_in <= 3 for _, retry_in in told)


def test_a_session_that_may_open_no_more_goes_on_in_what_is_open(door, mobile):
    ana = Session(door)
    first, last = ana.send(mobile, most=1), next(mobiles)
    with pytest.raises(Refused) as refused:
        ana.send(last, most=1)
    assert refused.value.reason == "too-many-open"
    assert ana.send(mobile, most=1)["conversation"] == first["conversation"]
    door.ask("stop", session=ana.sid, conversation=first["conversation"])
    assert ana.send(last, most=1)["code"]


def test_a_session_opens_sixteen_where_nothing_is_said(door):
    told = refusals(door, sends_at_once(door, Session(door), 18))
    assert [reason for reason, _ in told] == ["too-many-open"] * 2


def test_the_same_visitor_keeps_the_conversation_and_after_its_end_the_code(daemon, door, mobile):
    ana = Session(door)
    one, two = ana.send(mobile), ana.send(mobile)
    assert (one["code"], one["conversation"]) == (two["code"], two["conversation"])
    door.ask("stop", session=ana.sid, conversation=one["conversation"])
    three = ana.send(mobile)
    assert three["conversation"] != one["conversation"] and three["code"] == one["code"]


def test_a_known_key_is_answered_again_and_sends_nothing(daemon, door, mobile):
    ana = Session(door)
    first = ana.send(mobile, key="the-same-key-0001")
    again = ana.send(mobile, key="the-same-key-0001")
    assert same_answer(first, again)
    ana.send(mobile, "otra")
    texts = [sms["text"] for sms in daemon.handset_wait(mobile, 2)]
    assert len(texts) == 2 and texts[1] == "Ana (web): otra"


def test_a_known_key_is_answered_again_after_the_end_and_holds_no_code(daemon, door, mobile):
    ana, key = Session(door), "the-same-key-0004"
    first = ana.send(mobile, key=key)
    door.ask("stop", session=ana.sid, conversation=first["conversation"])
    assert same_answer(first, ana.send(mobile, key=key))
    wait_until(lambda: no_code_is_held(daemon, mobile), 2, "its code to be free")


def test_a_known_key_is_answered_again_also_when_all_codes_are_taken(door, mobile):
    ana, key = Session(door), "the-same-key-0002"
    first = ana.send(mobile, key=key)
    Session(door).send(mobile)
    door.ask("stop", session=ana.sid, conversation=first["conversation"])
    Session(door).send(mobile)
    assert same_answer(first, ana.send(mobile, key=key))
    with pytest.raises(Refused) as refused:
        ana.send(mobile)
    assert refused.value.reason == "codes-busy"


def test_a_known_key_is_answered_again_also_when_the_mobile_wants_no_more(daemon, door, mobile):
    ana, key = Session(door), "the-same-key-0003"
    first = ana.send(mobile, key=key)
    operator = daemon.client(role="ctl")
    operator.ask("optout-add", mobile=mobile)
    operator.close()
    assert same_answer(first, ana.send(mobile, key=key))
    with pytest.raises(Refused) as refused:
        ana.send(mobile)
    assert refused.value.reason == "opted-out"


def same_answer(first, again):
    return again["duplicate"] == "yes" and all(again[k] == first[k] for k in ("message", "conversation", "code"))


def test_a_spent_nonce_buys_no_second_message_and_holds_no_code(daemon, door, mobile):
    ana = Session(door)
    sent = ana.send(mobile, nonce="nonce-spent-00001")
    door.ask("stop", session=ana.sid, conversation=sent["conversation"])
    with pytest.raises(Refused) as refused:
        ana.send(mobile, nonce="nonce-spent-00001")
    assert refused.value.reason == "nonce-used"
    wait_until(lambda: no_code_is_held(daemon, mobile), 2, "its code to be free")


def no_code_is_held(daemon, mobile):
    return not [route for _, route in daemon.asked(f"routes mobile={mobile}") if route.get("state") == "live"]


@pytest.mark.parametrize("field, value", [
    ("mobile", "8085551234"), ("mobile", "809555123"), ("name", ""), ("name", "x" * 21), ("text", "y" * 151), ("text", ""),
    ("most", "0"), ("most", "17"), ("key", "short"), ("nonce", "with space 123456"), ("session", "zz"),
])
def test_a_bad_field_is_named(door, mobile, field, value):
    with pytest.raises(Refused) as refused:
        Session(door).send(**{"mobile": mobile} | {field: value})
    assert (refused.value.reason, refused.value.fields["field"]) == ("bad-field", field)


def test_an_answer_after_the_end_reaches_nobody_and_the_replier_is_told(daemon, door, mobile):
    ana = Session(door)
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    door.ask("stop", session=ana.sid, conversation=sent["conversation"])
    door.ask("end", session=ana.sid)
    daemon.handset_answer(mobile, sent["code"], "tarde")
    told = daemon.handset_wait(mobile, 2)[1]["text"]
    assert told == "Claro: la conversacion con Ana ya termino y tu mensaje no fue entregado. No respondas a este aviso."
    assert daemon.transcript(ana.sid) is None


def test_a_late_answer_is_shown_as_late_while_the_session_lives(daemon, door, mobile):
    ana = Session(door)
    sent, other = ana.send(mobile), next(mobiles)
    daemon.handset_wait(mobile, 1)
    ana.send(other)
    door.ask("stop", session=ana.sid, conversation=sent["conversation"])
    daemon.handset_answer(mobile, sent["code"], "llegué tarde")
    assert [e["text"] for e in daemon.events_wait(ana.sid, "late")] == ["llegué tarde"]


def test_an_answer_that_can_only_be_for_the_visitor_before_reaches_nobody(daemon, door, mobile):
    """Both codes were used; the new visitor's message has not reached the mobile when the answer comes."""
    before = [Session(door, name) for name in ("Ana", "Luis")]
    for visitor in before:
        sent = visitor.send(mobile)
        door.ask("stop", session=visitor.sid, conversation=sent["conversation"])
    daemon.handset_wait(mobile, 2)
    daemon.switches(mobile, off=1)
    new = Session(door, "Eva")
    taken = new.send(mobile)
    daemon.handset_answer(mobile, taken["code"], "esto era para Ana")
    daemon.switches(mobile, off=0)
    texts = [sms["text"] for sms in daemon.handset_wait(mobile, 4)]
    assert any("conversacion con Ana ya termino" in text for text in texts), texts
    assert daemon.events(new.sid, "reply") == []


def test_a_conversation_ends_by_itself_and_says_so(daemon, door, mobile):
    ana = Session(door)
    first = ana.send(mobile)
    other = next(mobiles)
    ended = wait_until(lambda: keep_alive(ana, other) and daemon.events(ana.sid, "ended"), 8, "the end")
    assert [(e["conversation"], e["reason"]) for e in ended] == [(first["conversation"], "idle")]


def keep_alive(visitor, mobile):
    """Another conversation of the session, so that its transcript stays."""
    try:
        visitor.send(mobile)
    except Refused as refused:
        assert refused.reason == "quota"
    return True


def test_an_extended_conversation_lives_on(daemon, door, mobile):
    ana = Session(door)
    sent = ana.send(mobile)
    later = door.ask("extend", session=ana.sid, conversation=sent["conversation"])
    assert int(later["until"]) >= int(sent["until"])
    with pytest.raises(Refused) as refused:
        door.ask("extend", session="f" * 32, conversation=sent["conversation"])
    assert refused.value.reason == "no-conversation"


def test_an_answer_gives_both_more_time(daemon, door, mobile):
    ana = Session(door)
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    daemon.handset_answer(mobile, sent["code"], "sigo aquí")
    daemon.events_wait(ana.sid, "reply")
    assert int(daemon.transcript(ana.sid)[1][0]["until"]) > int(sent["until"])


@pytest.mark.parametrize("who", ["visitor", "mobile"])
def test_who_only_asks_for_more_time_gets_no_more_than_twenty_times_of_it_until_one_writes(daemon, door, mobile, who):
    ana = Session(door)
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    ask = {"session": ana.sid, "conversation": sent["conversation"]}
    for _ in range(20):
        door.ask("extend", **ask)
    with pytest.raises(Refused) as refused:
        door.ask("extend", **ask)
    assert refused.value.reason == "quota" and 1 <= int(refused.value.fields["retry-in"]) <= 3
    if who == "visitor":
        ana.send(mobile)
    else:
        daemon.handset_answer(mobile, sent["code"], "sigo aquí")
        daemon.events_wait(ana.sid, "reply")
    door.ask("extend", **ask)


def test_baja_stops_everybody_and_alta_undoes_it(daemon, door, mobile):
    ana = Session(door)
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    daemon.handset_answer(mobile, sent["code"], "¡Baja!")
    wait_until(lambda: "no recibiras mas" in daemon.handset(mobile)[-1]["text"], 5, "the notice")
    with pytest.raises(Refused) as refused:
        Session(door).send(mobile)
    assert refused.value.reason == "opted-out"
    assert daemon.events(ana.sid, "reply") == []
    daemon.handset_answer(mobile, sent["code"], "alta")
    daemon.handset_wait(mobile, 3)
    Session(door).send(mobile)


def test_bloquear_stops_only_that_visitor(daemon, door, mobile):
    ana, luis = Session(door, "Ana"), Session(door, "Luis")
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    daemon.handset_answer(mobile, sent["code"], "BLOQUEAR")
    daemon.handset_wait(mobile, 2)
    with pytest.raises(Refused) as refused:
        ana.send(mobile)
    assert refused.value.reason == "opted-out"
    luis.send(mobile)


def test_a_sentence_with_an_opt_out_word_is_a_message(daemon, door, mobile):
    ana = Session(door)
    sent = ana.send(mobile)
    daemon.handset_wait(mobile, 1)
    daemon.handset_answer(mobile, sent["code"], "ya voy a salir")
    assert daemon.events_wait(ana.sid, "reply")[0]["text"] == "ya voy a salir"


def test_a_refused_number_is_told_in_words(daemon, door, mobile):
    daemon.switches(mobile, not_claro=1)
    ana = Session(door)
    ana.send(mobile)
    state = wait_until(lambda: [e for e in daemon.events(ana.sid, "state") if e["state"] == "failed"], 5, "the failure")
    assert state[0]["reason"] == "not-claro"


def test_news_tell_a_subscriber_of_each_event(daemon, door, mobile):
    ana, watcher = Session(door), daemon.client()
    watcher.ask("subscribe")
    sent = ana.send(mobile)

    def told():
        watcher.ask("health")
        return [n for n in watcher.news if n["session"] == ana.sid and int(n["last"]) >= int(sent["event"])]

    assert wait_until(told, 5, "news")
    door.ask("end", session=ana.sid)
    wait_until(lambda: watcher.ask("health") and {"session": ana.sid, "gone": "yes"} in watcher.news, 5, "news of the end")
    watcher.close()


def test_what_was_accepted_survives_kill_9(daemon, door, mobile):
    daemon.expect("memcached is filled")
    daemon.control(queue_full=-1)
    ana = Session(door)
    for i in range(5):
        ana.send(mobile, f"mensaje {i}")
    daemon.restart("smppd")
    daemon.control(queue_full=0)
    texts = [sms["text"].split("\n")[0] for sms in daemon.handset_wait(mobile, 5, seconds=20)]
    assert texts == [f"Ana (web): mensaje {i}" for i in range(5)]


def test_a_message_whose_response_never_comes_is_sent_once_more_at_most(daemon, door, mobile):
    """The link's connection is cut with the submit under way: the visitor's message goes again, once."""
    ana = Session(door)
    daemon.control(response_drop_next=1)
    ana.send(mobile, "en duda")
    daemon.handset_wait(mobile, 1)
    daemon.cut()
    copies = daemon.handset_wait(mobile, 2, seconds=15)
    wait_until(lambda: [e for e in daemon.events(ana.sid, "state") if e["state"] in ("accepted", "delivered")], 5, "a state")
    assert len(copies) == 2
    assert counters(door)["submits-again"] >= 1


def test_a_throttling_smsc_gets_every_message_in_the_end_and_in_order(daemon, door, mobile):
    ana, text = Session(door), "á" + "x" * 148
    daemon.control(throttle=3, throttle_burst=1)
    for i in range(4):
        ana.send(mobile, f"{i}" + "x" * 140)
    texts = [sms["text"] for sms in daemon.handset_wait(mobile, 4, seconds=30)]
    daemon.control(throttle=0)
    assert [t.split(": ")[1][0] for t in texts] == list("0123"), text
