"""A link against three SMSCs that share no code with it: ours for tests, Perl's Net::SMPP and node's smpp."""

import shutil
import subprocess

import pytest
from link_drive import ROOT, Link, Peer
from smsc import Smsc

PEERS = ROOT / "test" / "system" / "peers"


@pytest.fixture(scope="module")
def node_modules():
    """npm's smpp, fetched once into build/."""
    done = subprocess.run(["make", "-s", "build/peers/node_modules"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip("npm cannot fetch smpp: " + done.stderr[-200:])
    return ROOT / "build" / "peers" / "node_modules"


@pytest.fixture(params=["ours", "perl", "node"])
def port(request):
    if request.param == "ours":
        with Smsc() as smsc:
            yield smsc.port
    elif request.param == "perl":
        with Peer(["perl", PEERS / "net_smpp.pl"]) as peer:
            yield peer.port
    else:
        modules = request.getfixturevalue("node_modules")
        with Peer([shutil.which("node"), PEERS / "node_smpp.js"], {"NODE_PATH": str(modules)}) as peer:
            yield peer.port


def test_a_message_its_receipt_and_the_end(port):
    with Link(port) as link:
        link.until("up")
        link.tell("submit 7 2333 18095551234 hola")
        word, tag, status, message_id = link.until("submitted").split()
        assert (tag, status) == ("7", "ESME_ROK")
        word, receipted, state, *_ = link.until("receipt").split()
        assert state == "2"
        assert int(message_id, 16) in (int(receipted, 16), int(receipted) if receipted.isdigit() else None)
        link.tell("drain")
        link.until("drained")
        assert link.process.wait(5) == 0


def test_transmitter_and_receiver(port):
    with Link(port, mode="txrx") as link:
        link.until("up")
        link.tell("submit 1 2333 18095551234 hola")
        assert link.until("submitted").split()[2] == "ESME_ROK"
        while link.stats()["receiving"] != "1":
            pass
        link.tell("drain")
        link.until("drained")


def test_silence_is_kept_alive_by_enquire_link(port):
    with Link(port, enquire_ms=20, response_ms=2000) as link:
        link.until("up")
        for tag in range(50):
            link.tell(f"submit {tag} 2333 18095551234 hola")
            assert link.until("submitted").split()[2] == "ESME_ROK"
        assert link.stats()["drops"] == "0"


def test_a_thousand_messages_through_a_window_of_fifty(port):
    with Link(port, window=50) as link:
        link.until("up")
        assert link.measured("load 1000")["accepted"] == 1000


@pytest.mark.parametrize("port", ["perl", "node"], indirect=True)
def test_an_answer_of_the_mobile(port):
    with Link(port) as link:
        link.until("up")
        link.tell("submit 1 2333 18095551234 responde ya")
        word, source, destination, esm_class, coding, octets = link.until("deliver").split()
        assert (source, destination) == ("18095551234", "2333")
        assert bytes.fromhex(octets) == b"respuesta ya"
