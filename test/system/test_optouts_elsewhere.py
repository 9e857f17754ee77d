"""Opt-outs of two smppd on one memcached: each keeps what any of them heard, and tells it to whoever was down."""

import sqlite3
import time

import pytest
from daemon_stack import Refused, Session, mobiles
from stack.part import wait_until


def operator(stack, verb, mobile):
    door = stack.client(role="ctl")
    door.ask(verb, mobile=mobile)
    door.close()


def refused(stack, mobile):
    door = stack.client()
    try:
        Session(door).send(mobile)
    except Refused as no:  # or all its codes are taken
        return no.reason == "opted-out"
    finally:
        door.close()


def test_the_end_of_an_opt_out_holds_at_both_whichever_heard_of_it(pair):
    first, second = pair
    for stack in pair:
        stack.expect("memcached is filled")
    mobile = next(mobiles)
    operator(first, "optout-add", mobile)
    assert refused(first, mobile) and refused(second, mobile)
    operator(second, "optout-remove", mobile)
    wait_until(lambda: not refused(first, mobile) and not refused(second, mobile), 5, "both to hear of it")
    filled = [stack.counter("refills") for stack in pair]
    first.store("flush_all")
    wait_until(lambda: all(stack.counter("refills") > n for stack, n in zip(pair, filled)), 10, "memcached to be filled")
    assert not refused(first, mobile) and not refused(second, mobile)


def test_an_opt_out_and_its_end_are_known_though_one_smppd_is_down(pair):
    """Its own, which it alone was told, also when memcached loses it; what was told meanwhile, at its next start."""
    first, second = pair
    for stack in pair:
        stack.expect("memcached is filled", "SD03")
    mobile, other = next(mobiles), next(mobiles)
    for each in (mobile, other):
        operator(first, "optout-add", each)
    wait_until(lambda: other in second.optouts(), 5, "the other one to hear of both")
    first.part["smppd"].kill()
    filled = second.counter("refills")
    second.store("flush_all")
    wait_until(lambda: second.counter("refills") > filled, 10, "memcached to be filled")
    assert refused(second, mobile)
    operator(second, "optout-remove", mobile)
    first.start_smppd()
    wait_until(lambda: not refused(first, mobile), 5, "the one that was down to hear of it")
    assert refused(first, other) and refused(second, other)


@pytest.mark.parametrize("back", ["second", "both"])
def test_the_end_of_an_opt_out_holds_though_one_smppd_was_down_when_memcached_was_emptied(pair, back):
    """It comes back with the opt-out in its spool, and nothing in memcached says that it is over."""
    first, second = pair
    for stack in pair:
        stack.expect("memcached is filled", "SD03")
    mobile = next(mobiles)
    operator(first, "optout-add", mobile)
    wait_until(lambda: mobile in second.optouts(), 5, "the other one to hear of it")
    second.part["smppd"].kill()
    operator(first, "optout-remove", mobile)
    if back == "both":  # the one that knows nothing of it puts back first what it holds
        first.part["smppd"].kill()
        first.store("flush_all")
        second.start_smppd()
        wait_until(lambda: refused(second, mobile), 10, "the opt-out to be back")
        first.start_smppd()
    else:
        filled = first.counter("refills")
        first.store("flush_all")
        wait_until(lambda: first.counter("refills") > filled, 10, "memcached to be filled")
        second.start_smppd()
    wait_until(lambda: not any(mobile in stack.optouts() for stack in pair), 10, "both to know its end")
    wait_until(lambda: not refused(second, mobile) and not refused(first, mobile), 5, "its end to hold")
    operator(second, "optout-add", mobile)
    wait_until(lambda: all(mobile in stack.optouts() for stack in pair), 5, "both to hear of the next")
    for stack in pair:
        stack.part["smppd"].kill()
        stack.start_smppd()
    assert refused(first, mobile) and refused(second, mobile)


def left(stack, number, line):
    """As another smppd leaves it."""
    stack.store(f"set smsi:stray:{number} 0 0 {len(line)}\r\n{line}")


def left_so_far(stack):
    return int("".join(stack.store("get smsi:strays")[1:-1]) or 0)


def count_left(stack, number):
    stack.store(f"set smsi:strays 0 0 {len(str(number))}\r\n{number}")


def test_what_was_left_in_a_memcached_that_was_just_emptied_is_found(pair):
    """Where as much has been counted since as had been read before."""
    first, second = pair
    for stack in pair:
        stack.expect("memcached is filled")
    mobile = next(mobiles)
    operator(first, "optout-add", mobile)
    wait_until(lambda: mobile in second.optouts(), 5, "it to be read")
    read, mobile = left_so_far(first), next(mobiles)
    first.store("flush_all")
    left(first, 1, f"optout from=third mobile={mobile} how=sms since=1")
    count_left(first, read)
    wait_until(lambda: all(mobile in stack.optouts() for stack in pair), 10, "both to hear of it")


def kept_place(stack):
    """To where it will have read at its next start."""
    with sqlite3.connect(f"file:{stack.state / 'spool' / 'spool.db'}?mode=ro", uri=True) as db:
        found = db.execute("SELECT value FROM meta WHERE name='strays'").fetchone()
    db.close()
    return int(found[0]) if found else 0


def test_what_is_left_after_a_kill_is_found_though_memcached_was_emptied_shortly_before(pair):
    """Where as much has been counted since as had been read before."""
    first, second = pair
    for stack in pair:
        stack.expect("memcached is filled")
    read = left_so_far(first) + 5
    count_left(first, read)
    first.restart("smppd")
    wait_until(lambda: kept_place(first) == read, 10, "the place to be kept")
    mobile = next(mobiles)
    first.store("flush_all")
    left(first, 1, f"optout from=third mobile={mobile} how=sms since=1")
    count_left(first, 1)
    wait_until(lambda: mobile in first.optouts() and kept_place(first) < read, 10, "it to be read")
    first.part["smppd"].kill()
    mobile = next(mobiles)
    left(first, read, f"optout from=third mobile={mobile} how=sms since=1")
    count_left(first, read)
    first.start_smppd()
    wait_until(lambda: mobile in first.optouts(), 10, "it to be read")


def test_more_than_a_page_left_in_an_emptied_memcached_holds_up_no_start(pair):
    """What is put back waits until all of it is read, so reading it must not wait for what is put back."""
    first, second = pair
    for stack in pair:
        stack.expect("memcached is filled", "SD03")
    mobile = next(mobiles)
    first.part["smppd"].kill()
    first.store("flush_all")
    for number in range(1, 101):
        left(first, number, f"optout from=third mobile={mobile} how=sms since=1")
    count_left(first, 100)
    first.start_smppd()
    assert mobile in first.optouts()


def test_the_end_of_an_opt_out_holds_though_the_clock_of_whoever_heard_of_it_is_ahead(pair):
    first, second = pair
    number, mobile = left_so_far(first) + 1, next(mobiles)
    left(first, number, f"optout from=third mobile={mobile} how=sms since={int(time.time() + 3600) * 1000}")
    count_left(first, number)
    wait_until(lambda: all(mobile in stack.optouts() for stack in pair), 10, "both to hear of it")
    operator(second, "optout-remove", mobile)
    wait_until(lambda: not any(mobile in stack.optouts() for stack in pair), 5, "both to hear of its end")
