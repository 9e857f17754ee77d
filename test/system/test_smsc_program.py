"""The SMSC as a program: what it remembers, others' clients, TLS, the command line."""

import re
import socket
import ssl
import struct
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from esme import RESPONSE, SUBMIT_SM, Esme, submit_body
from smsc import MOBILE, PROGRAM, ROOT, Smsc, esme, one, smsc  # noqa: F401


# -- what it remembers


def test_the_log_has_every_field_of_a_submit(smsc, esme):
    last = smsc.stats()["log_last"]
    answer = esme.submit("2333", MOBILE, b"hola", registered=1, data_coding=0, validity=b"000000001500000R",
                         tlvs=[(0x1400, b"\1\2")])
    (entry,) = smsc.get(f"control/log?since={last}")
    expected = {"n": last + 1, "status": 0, "message_id": answer.message_id(), "system_id": "esme", "command": "submit_sm",
                "source": "2333", "destination": MOBILE, "short_message": b"hola".hex(), "text": "hola", "esm_class": 0,
                "validity_period": "000000001500000R", "registered_delivery": 1, "data_coding": 0,
                "tlvs": [{"tag": 0x1400, "value": "0102"}]}
    assert {name: entry[name] for name in expected} == expected


def test_a_handset_keeps_its_last_two_hundred_messages(smsc, esme):
    for n in range(203):
        esme.send(SUBMIT_SM, submit_body("2333", MOBILE, str(n).encode()))
    for _ in range(203):
        esme.await_pdu(SUBMIT_SM | RESPONSE)
    texts = [m["text"] for m in smsc.get("handsets/" + MOBILE)]
    assert texts == [str(n) for n in range(3, 203)]


def test_the_longest_untouched_handset_gives_way_and_a_switched_one_stays():
    with Smsc("--handsets", "3") as smsc, Esme(smsc.port) as esme:
        esme.bind()
        smsc.post("handsets/8090000001/switches", not_claro=1)
        for n in range(2, 10):
            esme.submit("2333", f"809000000{n}", b"x")
        assert {h["number"] for h in smsc.get("handsets")} == {"8090000001", "8090000008", "8090000009"}


def test_a_sink_counts_and_keeps_no_text(smsc, esme):
    smsc.told(sink="on")
    before = smsc.stats()["submits_ok"]
    assert esme.submit("2333", MOBILE, b"x", registered=1).status == 0
    assert b"stat:DELIVRD" in esme.deliver()["text"]
    assert smsc.get("handsets") == [] and smsc.stats()["submits_ok"] == before + 1


def test_a_load_is_acknowledged_and_measured(smsc, esme):
    status, _ = smsc.post("control/load", count=500, to="2333", numbers=10, rate=0, window=50, text="n {n}")
    assert status == 200
    deliveries = [esme.deliver() for _ in range(500)]
    assert [d["text"] for d in deliveries[:2]] == [b"n 1", b"n 2"] and len({d["source"] for d in deliveries}) == 10
    load = smsc.until(lambda: (lambda l: not l["running"] and l)(smsc.get("control/load")))
    assert load["acked"] == 500 and load["per_second"] > 0 and load["p50_us"] <= load["p99_us"] <= load["max_us"]

# -- others' clients, TLS, the command line


def net_smpp(smsc, *arguments):
    """What Net::SMPP saw: a list of (step, fields)."""
    process = subprocess.Popen(["perl", Path(__file__).with_name("net_smpp.pl"), str(smsc.port), *arguments],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return process


def steps(output):
    for line in output.splitlines():
        step, *words = line.split(" ")
        yield step, {k: urllib.parse.unquote(v, "latin-1") for k, v in (word.split("=", 1) for word in words)}


def test_net_smpp_binds_submits_and_reads_its_receipt(smsc):
    output, errors = net_smpp(smsc, "transceiver", "1", "18095551234", "hola").communicate(timeout=30)
    said = dict(steps(output))
    assert errors == "" and [said[s]["status"] for s in ("bound", "submitted", "alive", "unbound")] == ["0"] * 4
    assert said["bound"]["system_id"] == "smsc"
    receipt, message_id = said["delivered"], said["submitted"]["message_id"]
    assert receipt["text"].startswith(f"id:{message_id} ") and "stat:DELIVRD" in receipt["text"]
    assert receipt["receipted_message_id"].rstrip("\0") == message_id
    assert smsc.get("handsets/" + MOBILE)[0]["text"] == "hola"


def test_net_smpp_receives_an_answer(smsc):
    smsc.post("handsets/" + MOBILE, to="2333", text="respuesta")
    output, errors = net_smpp(smsc, "receiver", "1").communicate(timeout=30)
    said = dict(steps(output))
    assert errors == ""
    assert (said["delivered"]["source"], said["delivered"]["destination"]) == ("18095551234", "2333")
    assert (said["delivered"]["text"], said["delivered"]["esm_class"]) == ("respuesta", "0")


def test_an_esme_binds_over_tls(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    with Smsc("--smpps", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key) as smsc:
        with Esme(smsc.tls_port) as esme:
            esme.socket = ssl.create_default_context(cafile=certificate).wrap_socket(esme.socket, server_hostname="localhost")
            assert esme.bind().status == 0
            assert esme.submit("2333", MOBILE, b"x" * 150).status == 0
            assert smsc.get("control/sessions")[0]["tls"] is True


def test_an_outbind_calls_an_esme(smsc):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        assert smsc.post("control/outbind", to=f"127.0.0.1:{server.getsockname()[1]}", system_id="smsc")[0] == 200
        called, _ = server.accept()
        with called:
            assert called.recv(100) == struct.pack(">IIII", 22, 0x0B, 0, 1) + b"smsc\0\0"


@pytest.mark.parametrize("options", [["--smpp", "nonsense"], ["--http", "127.0.0.1:99999"], ["--fault", "x=1"], ["--nothing"],
                                     ["--smpps", "127.0.0.1:0"], ["word"], ["--handsets", "-1"]])
def test_a_wrong_option_is_named(options):
    done = subprocess.run([PROGRAM, *options], capture_output=True, text=True, timeout=10)
    assert done.returncode in (1, 2) and done.stderr


def test_what_it_says_of_its_ports_stands_in_the_ports_file_already(tmp_path):
    done = subprocess.run([PROGRAM, "--ports-file", tmp_path / "nowhere" / "ports"], capture_output=True, text=True, timeout=10)
    assert (done.returncode, done.stdout) == (1, "") and "cannot be written" in done.stderr


def test_verbose_tells_each_event_without_a_text_or_a_whole_number():
    with Smsc("--verbose") as smsc:
        with Esme(smsc.port) as esme:
            esme.bind()
            esme.submit("2333", MOBILE, b"secreto")
            smsc.post("handsets/" + MOBILE, to="2333", text="secreto")
            esme.deliver()
        lines = [smsc.process.stdout.readline() for _ in range(4)]
    assert [line.split()[1] for line in lines] == ["bound", "submit", "answer", "connection"]
    assert "secreto" not in "".join(lines) and MOBILE not in "".join(lines) and "..1234" in lines[1]


def test_the_readme_tells_every_fault_and_no_other():
    listed = subprocess.run([PROGRAM, "--faults"], capture_output=True, text=True, timeout=10).stdout
    told = (ROOT / "test" / "smsc" / "README.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (.*) \|$", told.split("## Faults")[1], re.M)
    assert [list(row) for row in rows] == [line.split(None, 2) for line in listed.splitlines()]


def test_a_busy_port_is_said(smsc):
    done = subprocess.run([PROGRAM, "--smpp", f"127.0.0.1:{smsc.port}"], capture_output=True, text=True,
                          timeout=10)
    assert done.returncode == 1 and "Address already in use" in done.stderr


def test_the_page_is_served_under_a_strict_policy(smsc):
    with urllib.request.urlopen(smsc.url, timeout=10) as answer:
        policy, page = answer.headers["Content-Security-Policy"], answer.read().decode()
    assert "default-src 'none'" in policy and "unsafe" not in policy
    for word in ("Apagado", "No es Claro", "Sin acuses", "Enviar SMS"):
        assert word in page


def test_the_direct_client_measures_submits_and_deliveries(smsc):
    done = subprocess.run([ROOT / "build" / "smsc-load", "--connect", f"127.0.0.1:{smsc.port}", "--submit", "2000",
                           "--receipts", "--receive", "2000"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^submit count=2000 .* refused=0 unanswered=0 ", done.stdout, re.M)
    assert re.search(r"^deliver count=2000 ", done.stdout, re.M)
