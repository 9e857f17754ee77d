"""A small SMPP 3.4 ESME for tests that must send exactly these octets and see exactly what comes."""
import socket
import struct

GENERIC_NACK, BIND_RECEIVER, BIND_TRANSMITTER, SUBMIT_SM = 0x80000000, 1, 2, 4
DELIVER_SM, UNBIND, BIND_TRANSCEIVER, ENQUIRE_LINK, DATA_SM = 5, 6, 9, 0x15, 0x103
RESPONSE = 0x80000000


class Pdu:
    """One PDU: command, status, sequence and the octets behind the header."""

    def __init__(self, command, status=0, sequence=0, body=b""):
        self.command, self.status, self.sequence, self.body = command, status, sequence, body

    def octets(self):
        return struct.pack(">IIII", 16 + len(self.body), self.command, self.status, self.sequence) + self.body

    def message_id(self):
        return self.body.split(b"\0")[0].decode()

    def message(self):
        """The fields of a deliver_sm or submit_sm, its TLVs under 'tlvs'."""
        rest, fields = self.body, {}

        def string(name):
            nonlocal rest
            fields[name], rest = rest.split(b"\0", 1)

        def octet(name):
            nonlocal rest
            fields[name], rest = rest[0], rest[1:]

        string("service_type")
        for side in ("source", "destination"):
            octet(side + "_ton")
            octet(side + "_npi")
            string(side)
        for name in ("esm_class", "protocol_id", "priority"):
            octet(name)
        string("schedule")
        string("validity")
        for name in ("registered", "replace", "data_coding", "canned", "length"):
            octet(name)
        fields["text"], rest = rest[:fields["length"]], rest[fields["length"]:]
        fields["tlvs"] = {}
        while rest:
            tag, length = struct.unpack(">HH", rest[:4])
            fields["tlvs"][tag], rest = rest[4:4 + length], rest[4 + length:]
        return fields


def submit_body(source, destination, text, *, esm_class=0, registered=0, data_coding=0, validity=b"", tlvs=()):
    """The body of a submit_sm; text in octets, TLVs as pairs."""
    body = (b"\0" + b"\x00\x01" + source.encode() + b"\0" + b"\x01\x01" + destination.encode() + b"\0"
            + bytes([esm_class, 0, 0]) + b"\0" + validity + b"\0" + bytes([registered, 0, data_coding, 0, len(text)]) + text)
    return body + b"".join(struct.pack(">HH", tag, len(value)) + value for tag, value in tlvs)


class Esme:
    """A connection to an SMSC. Nothing is answered by itself but what `answers` says."""

    def __init__(self, port, timeout=10):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sequence = 0
        self.waiting = b""
        self.pdus = []  # came while another was awaited

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, command, body=b"", status=0, sequence=None):
        if sequence is None:
            self.sequence += 1
            sequence = self.sequence
        self.socket.sendall(Pdu(command, status, sequence, body).octets())
        return sequence

    def receive(self):
        """The next PDU as it came; None where the peer has closed."""
        while len(self.waiting) < 4 or len(self.waiting) < struct.unpack(">I", self.waiting[:4])[0]:
            octets = self.socket.recv(65536)
            if not octets:
                return None
            self.waiting += octets
        length, command, status, sequence = struct.unpack(">IIII", self.waiting[:16])
        pdu, self.waiting = Pdu(command, status, sequence, self.waiting[16:length]), self.waiting[length:]
        return pdu

    def await_pdu(self, command, sequence=None):
        """The first PDU of this command (and sequence); others are kept for later."""
        for i, pdu in enumerate(self.pdus):
            if pdu.command == command and sequence in (None, pdu.sequence):
                return self.pdus.pop(i)
        while True:
            pdu = self.receive()
            assert pdu is not None, f"closed while waiting for {command:#x}"
            if pdu.command == command and sequence in (None, pdu.sequence):
                return pdu
            self.pdus.append(pdu)

    def ask(self, command, body=b""):
        return self.await_pdu(command | RESPONSE, self.send(command, body))

    def bind(self, command=BIND_TRANSCEIVER, system_id="esme", password="secret"):
        return self.ask(command, system_id.encode() + b"\0" + password.encode() + b"\0\0\x34\0\0\0")

    def submit(self, source, destination, text, **more):
        return self.ask(SUBMIT_SM, submit_body(source, destination, text, **more))

    def deliver(self, status=0):
        """Waits for a deliver_sm, acknowledges it and returns its fields."""
        pdu = self.await_pdu(DELIVER_SM)
        self.send(DELIVER_SM | RESPONSE, b"\0" if status == 0 else b"", status, pdu.sequence)
        return pdu.message()
