"""An answer that the SMSC gives to a second smppd, because it had no response from the first, is shown and billed once."""

import csv
import itertools
import json
import signal
import sqlite3
import time

import pytest
from daemon_stack import Session, counters, mobiles, running
from stack.part import wait_until
from stack.stack import fetch

words = (f"respuesta {n}" for n in itertools.count(1))
LINK = {"retry_min": "100ms", "retry_max": "300ms"}


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Each with a login of its own, so that the SMSC's connections can be told apart."""
    with running(tmp_path_factory.mktemp("first"), codes="2333 2024", link=LINK, smppd={"mobile_hourly": 1000, "log_interval": "0s"}) as first:
        with first.beside_it(tmp_path_factory.mktemp("second"), link=LINK | {"system_id": "second"}) as second:
            for stack in (first, second):
                stack.expect("memcached is filled", "SD03")
            first.control(receipts="none")  # else one of those might be what is not acknowledged
            yield first, second


class Talk:
    """A visitor of the first smppd, and a mobile whose answers go where the test wants them."""

    def __init__(self, pair):
        self.pair, self.mobile, self.text = pair, next(mobiles), next(words)
        door = pair[0].client()
        self.ana = Session(door)
        self.code = self.ana.send(self.mobile)["code"]
        self.before = self.strays()
        door.close()
        pair[0].handset_wait(self.mobile, 1)
        wait_until(lambda: all(self.session(stack) for stack in pair), 10, "both smppd to be bound")

    def session(self, stack):
        wanted = stack.options["link"].get("system_id", "claro")
        listed = json.loads(fetch(f"{stack.handset_url}control/sessions")[1])
        return next((one for one in listed if one["system_id"] == wanted), None)

    def cut(self, stack):
        fetch(f"{stack.handset_url}control/cut", f"how=reset&session={self.session(stack)['id']}".encode())

    def answer(self, **more):
        self.pair[0].handset_answer(self.mobile, self.code, self.text, **more)

    @staticmethod
    def count(stack, name):
        door = stack.client()
        count = counters(door)[name]
        door.close()
        return count

    def kept_by(self, stack):
        return self.count(stack, "delivers-kept")

    def kept(self):
        return [self.kept_by(stack) for stack in self.pair]

    def answered_by(self, **more):
        """(who was given it, the other one), once it is kept."""
        before = self.kept()
        self.answer(**more)
        after = wait_until(lambda: (now := self.kept()) != before and now, 10, "the answer to be kept")
        return self.pair if after[0] > before[0] else self.pair[::-1]

    def given_to_both(self, lose):
        """(who was given it first, the other one), once both keep it, for the first is lost before it can respond."""
        self.pair[0].control(deliver_deaf_next=1)
        given, other = self.answered_by()
        theirs = self.kept_by(other)
        lose(given)
        wait_until(lambda: self.kept_by(other) > theirs, 10, "it to be given to the other one")
        return given, other

    def strays(self):
        """The number of the last line that one smppd left for the others."""
        found = self.pair[0].store("get smsi:strays")
        return int(found[1]) if len(found) > 1 else 0

    def left(self, verb):
        """How many lines about this mobile's answer lie in memcached for the other smppd."""
        lines = [self.pair[0].store(f"get smsi:stray:{n}") for n in range(self.before + 1, self.strays() + 1)]
        return sum(line[1].startswith(f"{verb} ") for line in lines if len(line) > 1)

    def shown(self):
        return [e["text"] for e in self.pair[0].events(self.ana.sid, "reply")]

    def billed(self):
        """The outcomes of the mobile's records in both smppd's files, and what they cost."""
        found = []
        for stack in self.pair:
            stack.ask("cdr-export")
            for path in (stack.state / "cdr").glob("cdr-????????-????????.csv"):
                with open(path, newline="", encoding="utf-8") as file:
                    found += [(row["outcome"], int(row["total_centavos"])) for row in csv.DictReader(file) if row["mobile"] == self.mobile]
        return sorted(found)


ONCE = [("delivered", 130), ("duplicate", 0)]


def test_an_answer_whose_response_was_lost_with_the_connection_is_billed_by_one_of_two(pair):
    talk = Talk(pair)
    talk.given_to_both(talk.cut)
    wait_until(lambda: talk.billed() == ONCE, 10, f"one record that costs: {talk.billed()}")
    assert talk.shown() == [talk.text]


@pytest.mark.parametrize("comes_back", [True, False])
def test_one_kept_by_an_smppd_that_was_killed_is_shown_and_billed_once(pair, comes_back):
    talk = Talk(pair)
    given, other = talk.given_to_both(lambda stack: stack.part["smppd"].kill())
    if not comes_back:
        wait_until(talk.shown, 10, "the other one to show it alone")
    given.start_smppd()
    wait_until(lambda: talk.billed() == ONCE, 15, f"one record that costs: {talk.billed()}")
    assert talk.shown() == [talk.text]


def test_memcached_emptied_between_the_two_makes_no_second_record(pair):
    talk = Talk(pair)
    pair[0].control(deliver_deaf_next=1)
    given, other = talk.answered_by()
    theirs, refills = talk.kept_by(other), [talk.count(stack, "refills") for stack in pair]
    wait_until(talk.shown, 10, "the first one to show it")
    pair[0].store("flush_all")
    wait_until(lambda: all(talk.count(stack, "refills") > n for stack, n in zip(pair, refills)), 10, "both to put back what they hold")
    talk.cut(given)
    wait_until(lambda: talk.kept_by(other) > theirs, 10, "it to be given to the other one")
    wait_until(lambda: talk.billed() == ONCE, 10, f"one record that costs: {talk.billed()}")
    assert talk.shown() == [talk.text]


def others_known(stack, since=0):
    """What an smppd remembers of the others; of one that does not run, made older by so many ms."""
    with sqlite3.connect(f"file:{stack.state / 'spool' / 'spool.db'}?mode={'rw' if since else 'ro'}", uri=True) as db:
        found = db.execute("SELECT value FROM meta WHERE name='smppds'").fetchone()
        if found and since:
            name, seen = found[0].split()
            db.execute("REPLACE INTO meta VALUES('smppds', ?)", (f"{name} {int(seen) - since}",))
    db.close()
    return found


def test_one_that_was_down_for_an_hour_asks_before_it_bills_what_it_held(pair):
    talk = Talk(pair)
    wait_until(lambda: all(others_known(stack) for stack in pair), 10, "both to know of each other")
    given, other = talk.given_to_both(lambda stack: stack.part["smppd"].kill())
    other.part["smppd"].kill()
    assert others_known(other, since=3600000)
    other.start_smppd()
    given.start_smppd()
    wait_until(lambda: talk.billed() == ONCE, 15, f"one record that costs: {talk.billed()}")
    assert talk.shown() == [talk.text]


def test_whoever_decides_late_reads_first_what_the_other_one_has_said(pair):
    """The other one is stopped until its time to wait is over, and the first one is back meanwhile."""
    talk = Talk(pair)
    given, other = talk.given_to_both(lambda stack: stack.part["smppd"].kill())
    wait_until(lambda: talk.left("asked") == 5, 10, "the first one to be asked for the last time")
    other.part["smppd"].signal(signal.SIGSTOP)
    over = time.monotonic() + 1  # it asks once a second
    try:
        given.start_smppd()
        wait_until(talk.shown, 10, "the first one to show it")
        wait_until(lambda: talk.left("verdict") and time.monotonic() > over, 10, "it to answer, too late")
    finally:
        other.part["smppd"].signal(signal.SIGCONT)
    wait_until(lambda: talk.billed() == ONCE, 15, f"one record that costs: {talk.billed()}")
    assert talk.shown() == [talk.text]


def test_the_same_word_said_twice_to_two_smppd_is_two_answers(pair):
    talk, said = Talk(pair), 2
    given, _ = talk.answered_by()
    while talk.answered_by()[0] is given:
        said += 1
    wait_until(lambda: len(talk.shown()) == said, 10, f"all to be shown: {talk.shown()}")
    assert talk.billed() == [("delivered", 130)] * said
    pair[0].handset_wait(talk.mobile, 3)  # both are confirmed; a third one need not be


def test_a_part_that_comes_again_to_the_other_one_is_billed_once_and_the_answer_shown_whole(pair):
    talk = Talk(pair)
    talk.text = "Esta respuesta es larga, muy larga. " * 8
    before = sum(talk.kept())
    pair[0].control(deliver_deaf_next=1)
    talk.answer(concat="udh8")
    wait_until(lambda: sum(talk.kept()) == before + 2, 10, "both parts to be kept")
    given = next(stack for stack in pair if talk.session(stack)["outstanding"])
    other = pair[pair[0] is given]
    theirs = talk.kept_by(other)
    talk.cut(given)
    wait_until(lambda: talk.kept_by(other) > theirs, 10, "the part to be given to the other one")
    wait_until(lambda: talk.billed() == sorted([("delivered", 130), *ONCE]), 10, f"two parts that cost: {talk.billed()}")
    assert wait_until(talk.shown, 15, "the answer to be shown") == [talk.text]
