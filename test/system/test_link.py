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


@pytest.mark.parametrize("port", ["perl", "node"], indirect=True)
def test_an_answer_in_parts_and_one_as_payload(port):
    with Link(port) as link:
        link.until("up")
        link.tell("submit 1 2333 18095551234 responde partes")
        parts = [link.until("deliver").split() for _ in range(2)]
        assert [int(part[3]) & 0x40 for part in parts] == [0x40, 0x40]
        assert [bytes.fromhex(part[5]) for part in parts] == [b"\5\0\3\7\2\2 y la otra", b"\5\0\3\7\2\1 la primera"]
        link.tell("submit 2 2333 18095551234 responde carga")
        assert bytes.fromhex(link.until("deliver").split()[5]) == b"respuesta " + b"x" * 400


@pytest.mark.parametrize("port", ["perl", "node"], indirect=True)
def test_a_refusal_keeps_its_reason(port):
    with Link(port) as link:
        link.until("up")
        for tag, text, status in ((1, "rechaza", "ESME_RINVDSTADR"), (2, "hola", "ESME_ROK"), (3, "frena", "ESME_RTHROTTLED")):
            link.tell(f"submit {tag} 2333 18095551234 {text}")
            assert link.until("submitted").split()[1:3] == [str(tag), status]
        assert link.stats()["throttled"] == "1"


@pytest.mark.parametrize("port", ["perl", "node"], indirect=True)
def test_an_smsc_that_unbinds_is_bound_again(port):
    with Link(port) as link:
        link.until("up")
        link.tell("submit 1 2333 18095551234 adios")
        link.until("down")
        link.until("up")
        link.tell("submit 2 2333 18095551234 hola")
        assert link.until("submitted 2").split()[2] == "ESME_ROK"


@pytest.mark.parametrize("port", ["perl", "node"], indirect=True)
def test_a_refused_login_is_tried_again_and_again(port):
    with Link(port, system_id="nadie") as link:
        for _ in range(3):
            assert "ESME_RINVSYSID" in link.until("log SD0104")


def test_tls_to_an_smsc_of_node(node_modules, tmp_path):
    files = {"TLS_KEY": str(tmp_path / "key"), "TLS_CERT": str(tmp_path / "cert"), "NODE_PATH": str(node_modules)}
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=smsc",
                    "-addext", "subjectAltName=DNS:smsc.test", "-keyout", files["TLS_KEY"], "-out", files["TLS_CERT"]], check=True, capture_output=True)
    with Peer([shutil.which("node"), PEERS / "node_smpp.js"], files) as peer, \
            Link(peer.port, tls=1, ca=files["TLS_CERT"], name="smsc.test") as link:
        link.until("up")
        link.tell("submit 1 2333 18095551234 responde ya")
        assert bytes.fromhex(link.until("deliver").split()[5]) == b"respuesta ya"
