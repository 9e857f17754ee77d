"""What an SMSC may do to a link, and what must happen then (the embedded one, told to misbehave)."""

import contextlib
import socket
import ssl
import subprocess
import threading
import warnings

import pytest
from link_drive import Link
from smsc import Smsc, one, smsc  # noqa: F401
from stack.part import wait_until
from stack.stack import free_port


@pytest.mark.parametrize("faults", [
    {"split": 1}, {"split": 7, "split_gap_ms": 1}, {"merge": 50, "merge_ms": 5}, {"response_shuffle": 10},
    {"response_body": "none"}, {"response_body": "nul"}, {"response_body": "tlv"}, {"response_twice_next": -1},
    {"response_delay_ms": 20, "response_jitter_ms": 20},
], ids=str)
def test_every_submit_is_answered_once(smsc, faults):
    smsc.told(**faults)
    with Link(smsc.port, window=20) as link:
        link.until("up")
        result = link.measured("load 200")
        assert result["accepted"] == 200
        stats = link.stats()
        assert stats["drops"] == "0"
        assert stats["submits"] == "200"


def test_a_submit_nobody_answers_is_in_doubt_and_a_late_answer_settles_it(smsc):
    smsc.told(response_delay_ms=600)
    with Link(smsc.port, response_ms=300) as link:
        link.until("up")
        link.tell("submit 5 2333 18095551234 hola")
        assert link.until("in_doubt") == "in_doubt 5 no answer in time"
        assert link.until("submitted").endswith(" late")


@pytest.mark.parametrize("how", ["fin", "reset", "silent"])
def test_a_broken_connection_comes_back(smsc, how):
    with Link(smsc.port, enquire_ms=50, response_ms=200) as link:
        link.until("up")
        smsc.post("control/cut", how=how)
        link.until("down")
        link.until("up")
        link.tell("submit 1 2333 18095551234 hola")
        link.until("submitted 1 ESME_ROK")


@pytest.mark.parametrize("cut_at", ["before", "half", "after"])
def test_a_cut_at_a_submit_leaves_no_submit_untold(smsc, cut_at):
    smsc.told(cut_on_submit=3, cut_at=cut_at)
    with Link(smsc.port) as link:
        link.until("up")
        for tag in range(1, 6):
            link.tell(f"submit {tag} 2333 18095551234 hola")
        link.until("up")
        told = [line.split()[:2] for line in link.seen if line.split()[0] in ("submitted", "in_doubt", "unsent")]
        refused = [line for line in link.seen if line.startswith("error submit")]
        assert len(told) + len(refused) == 5
        assert len({tag for _, tag in told}) == len(told)


def test_a_mute_smsc_is_left_and_tried_again(smsc):
    smsc.told(mute_bind="on")
    with Link(smsc.port, bind_ms=100) as link:
        assert "no answer to the bind" in link.until("log SD0103")
        smsc.told(mute_bind="off")
        link.until("up")


def test_a_refused_login_is_never_given_up(smsc):
    smsc.told(bind_status="0x0E")
    with Link(smsc.port) as link:
        for _ in range(5):
            assert "ESME_RINVPASWD" in link.until("log SD0104")
        smsc.told(bind_status=0)
        link.until("up")


def test_already_bound_is_unbound_first(smsc):
    smsc.told(bind_status="0x05", bind_next=2)
    with Link(smsc.port) as link:
        link.until("up")
        assert smsc.stats()["unbinds"] >= 2


def test_garbage_never_kills_the_link(smsc):
    with Link(smsc.port) as link:
        link.until("up")
        for _ in range(30):
            smsc.post("control/garbage", count=20)
        smsc.post("control/cut")
        link.until("down")
        for number in range(1, 100):  # what garbage is still on its way ends a few more connections
            link.until("up")
            link.tell(f"submit {number} 2333 18095551234 hola")
            if link.until((f"submitted {number} ", "down", "error submit")).startswith("submitted"):
                break
        assert link.seen[-1].startswith(f"submitted {number} ESME_ROK")


def test_a_restarted_smsc_is_found_again():
    at = f"127.0.0.1:{free_port()}"
    with Smsc("--smpp", at) as first:
        with Link(first.port) as link:
            link.until("up")
            first.process.terminate()
            first.process.wait()
            link.until("down")
            with Smsc("--smpp", at):
                link.until("up")


@pytest.fixture
def hosts(tmp_path):
    """A file, and what gives a program that file for its /etc/hosts."""
    path = tmp_path / "hosts"
    path.write_text("127.0.0.1 localhost\n")
    under = ["unshare", "--mount", "sh", "-c", f'mount --bind {path} /etc/hosts && exec "$0" "$@"']
    if subprocess.run([*under, "true"], capture_output=True).returncode:
        pytest.skip("no mount of its own without root")
    return path, under


def test_a_name_is_looked_up_anew_for_each_connection(smsc, hosts):
    path, under = hosts
    with Link(smsc.port, under, host="smsc.example", connect_ms=200) as link:
        link.until("log SD0103")
        path.write_text("127.0.0.1 smsc.example\n")
        link.until("up")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_name_with_addresses_of_one_family_is_tried_again_and_again(hosts, address):
    path, under = hosts
    path.write_text(f"{address} smsc.example\n")
    with Link(1, under, host="smsc.example") as link:
        for _ in range(6):
            assert "Connection refused" in link.until("log SD0103") or ":" in address


def test_a_name_with_addresses_of_both_families_is_tried_at_either(hosts):
    path, under = hosts
    path.write_text("127.0.0.1 smsc.example\n::1 smsc.example\n")
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener, Link(listener.getsockname()[1], under, host="smsc.example"):
        listener.settimeout(10)
        listener.accept()[0].close()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A CA, a certificate for `smsc.test` and 127.0.0.2 by it, and a stranger's."""
    folder = tmp_path_factory.mktemp("tls")

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    for name in ("ca", "stranger"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=smsc",
            "-keyout", "smsc.key", "-out", "smsc.csr")
    (folder / "names").write_text("subjectAltName=DNS:smsc.test,IP:127.0.0.2\n")
    for name, days in (("smsc", "2"), ("expired", "-1")):
        openssl("x509", "-req", "-in", "smsc.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", days,
                "-extfile", "names", "-out", f"{name}.pem")
    return folder


@pytest.fixture
def tls(certificates):
    with Smsc("--smpps", "127.0.0.1:0", "--tls-cert", certificates / "smsc.pem", "--tls-key", certificates / "smsc.key") as running:
        yield running


def test_tls_with_the_right_name_carries_messages(tls, certificates):
    with Link(tls.tls_port, tls=1, ca=certificates / "ca.pem", name="smsc.test", window=100) as link:
        link.until("up")
        assert link.measured("load 5000")["accepted"] == 5000
        link.tell("drain")
        link.until("drained")


@pytest.mark.parametrize("ca, name, why", [
    ("ca.pem", "other.test", "hostname mismatch"),
    ("ca.pem", None, "IP address mismatch"),
    ("stranger.pem", "smsc.test", "unable to get local issuer"),
])
def test_a_certificate_that_proves_nothing_is_refused(tls, certificates, ca, name, why):
    named = {"name": name} if name else {}
    with Link(tls.tls_port, tls=1, ca=certificates / ca, **named) as link:
        line = link.until("log SD0103")
        assert "certificate is not accepted" in line and why.lower() in line.lower()
    assert tls.stats()["binds"] == 0


def test_a_certificate_whose_time_is_over_is_refused(certificates):
    with Smsc("--smpps", "127.0.0.1:0", "--tls-cert", certificates / "expired.pem", "--tls-key", certificates / "smsc.key") as tls, \
            Link(tls.tls_port, tls=1, ca=certificates / "ca.pem", name="smsc.test") as link:
        assert "certificate has expired" in link.until("log SD0103")
        assert tls.stats()["binds"] == 0


def test_a_plain_smsc_is_not_mistaken_for_tls(smsc, certificates):
    with Link(smsc.port, tls=1, ca=certificates / "ca.pem", connect_ms=300) as link:
        link.until("log SD0103")


def shake_hands(listener, context, shaken):
    with contextlib.suppress(OSError):
        while True:
            line = listener.accept()[0]
            with line, contextlib.suppress(OSError), context.wrap_socket(line, server_side=True) as session:
                shaken.append(session.getpeercert())
                while session.recv(4096):
                    pass


@contextlib.contextmanager
def handshakes(context):
    """The port of an SMSC that speaks TLS and nothing else, and the certificates that it is shown."""
    shaken = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=shake_hands, args=(listener, context, shaken), daemon=True).start()
        yield listener.getsockname()[1], shaken
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def context(certificates):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificates / "smsc.pem", certificates / "smsc.key")
    return server


@pytest.mark.parametrize("version, said", [("TLSv1_1", "TLS failed"), ("TLSv1_2", "no answer to the bind")])
def test_an_smsc_of_a_version_before_tls_1_2_is_refused_whatever_the_machine_allows(certificates, context, tmp_path, version, said):
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    allows = tmp_path / "openssl.cnf"
    allows.write_text("openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMinProtocol = TLSv1\nCipherString = DEFAULT@SECLEVEL=0\n")
    with handshakes(context) as (port, _), \
            Link(port, ["env", f"OPENSSL_CONF={allows}"], tls=1, ca=certificates / "ca.pem", name="smsc.test", bind_ms=50) as link:
        assert said in link.until("log SD0103")


def test_an_smsc_that_asks_for_it_is_shown_our_certificate(certificates, context):
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificates / "ca.pem")
    ours = {"cert": certificates / "smsc.pem", "key": certificates / "smsc.key"}
    with handshakes(context) as (port, shaken), Link(port, tls=1, ca=certificates / "ca.pem", name="smsc.test", bind_ms=50, **ours):
        shown = wait_until(lambda: shaken, 10, "a handshake")[0]
        assert ("DNS", "smsc.test") in shown["subjectAltName"]


def test_an_smsc_of_many_names_is_told_which_one_is_called(certificates, context):
    called = []
    context.sni_callback = lambda session, name, _: called.append(name)
    with handshakes(context) as (port, _), Link(port, tls=1, ca=certificates / "ca.pem", name="smsc.test", bind_ms=50) as link:
        link.until("log SD0103")
        assert called[0] == "smsc.test"


def test_a_ca_file_that_is_none_is_named(smsc, tmp_path):
    (tmp_path / "none.pem").write_text("not a certificate")
    link = Link(smsc.port, tls=1, ca=tmp_path / "none.pem")
    assert link.process.wait(5) == 1
    assert "none.pem" in link.process.stderr.read()


def test_a_key_with_a_pass_phrase_is_refused_and_nobody_is_asked(smsc, certificates):
    locked = certificates / "locked.key"
    subprocess.run(["openssl", "pkey", "-in", certificates / "smsc.key", "-aes256", "-passout", "pass:secret", "-out", locked], check=True)
    link = Link(smsc.port, tls=1, cert=certificates / "smsc.pem", key=locked)
    assert link.process.wait(5) == 1
    said = link.process.stderr.read()
    assert "locked.key cannot be used" in said and "Enter" not in said
