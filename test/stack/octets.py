"""Octets on a connection, for what no honest client would write, and many requests at the same moment."""

import json
import socket
import urllib.parse
from itertools import cycle


def posted(visitor, path, fields):
    """The octets of a form as the visitor's browser would send it, once, then closing."""
    body = urllib.parse.urlencode(fields)
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    return (f"POST /sms/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: application/json\r\n"
            f"Sec-Fetch-Site: same-origin\r\nCookie: {cookies}\r\nX-Forwarded-For: {visitor.address}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def connected(stack):
    return socket.create_connection(("127.0.0.1", stack.options["port"]), timeout=30)


def drained(connection):
    """What comes until the server closes."""
    octets = b""
    with connection:
        while piece := connection.recv(65536):
            octets += piece
    return octets


def exchange(stack, octets):
    connection = connected(stack)
    connection.sendall(octets)
    return drained(connection)


def together(stack, requests, *others):
    """The answers to requests whose last octets are sent at the same moment, to each of the machines by turns."""
    connections = [connected(each) for each, _ in zip(cycle((stack, *others)), requests)]
    for connection, octets in zip(connections, requests):
        connection.sendall(octets[:-1])
    for connection, octets in zip(connections, requests):
        connection.sendall(octets[-1:])
    return [drained(connection) for connection in connections]


def answer_of(octets):
    """(status, parsed JSON) of an answer that is neither chunked nor compressed."""
    head, _, body = octets.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)
