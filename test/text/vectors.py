#!/usr/bin/python3
"""Holds `smppctl text` and `smppctl decode` against the vectors, row by row.

    vectors.py SMPPCTL [text_vectors.tsv text_vectors_mo.tsv]
"""
import hashlib
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CHARSET = {"gsm7": 0, "gsm7+es": 0, "latin1": 3, "ucs2": 8}


def rows(path):
    with open(path, encoding="utf-8") as lines:
        names = next(lines).rstrip("\n").split("\t")
        for line in lines:
            yield dict(zip(names, line.rstrip("\n").split("\t")))


def octets(escaped):
    """C-escaped UTF-8 to octets."""
    return re.sub(rb"\\x([0-9A-Fa-f]{2})", lambda hit: bytes([int(hit[1], 16)]), escaped.encode())


def run(*command):
    return subprocess.run(command, capture_output=True, check=False).stdout


def sent(smppctl, row):
    command = [smppctl, "text", "--policy", row["policy"], "--ref", "0xA5"]
    if row["group"] == "ref16":
        command.append("--ref16")
    said = dict(line.split(b": ", 1) for line in run(*command, row["input"]).splitlines())
    return said, [value.decode() for key, value in said.items() if key.startswith(b"segment ")]


def differences(smppctl, row):
    said, segments = sent(smppctl, row)
    sm_hex = "|".join(segments)
    if row["sm_hex"].startswith("sha256:"):
        sm_hex = "sha256:" + hashlib.sha256(sm_hex.encode()).hexdigest()
    is_ = {"prepared": octets(said[b"prepared"].decode()), "dcs": "0x%02X" % int(said[b"data_coding"]), "sm_hex": sm_hex}
    is_.update({key: said[key.encode()].decode() for key in ("encoding", "units", "segments", "seg_units")})
    ought = {key: row[key] for key in is_}
    ought["prepared"] = octets(row["prepared"])
    return [f"{key}: {is_[key]!r}, not {ought[key]!r}" for key in is_ if is_[key] != ought[key]]


def mo_text(row):
    """What the standard says where no two programs agree (text_vectors.md)."""
    if row["text"] != "(no two agree)":
        return octets(row["text"])
    return {"1B41": b"A", "1B1B": b" "}[row["hex"]]


def mo_differences(smppctl, row):
    is_ = run(smppctl, "decode", "--data-coding", row["data_coding"], *udh(row), row["hex"] if not udh(row) else "03240102" + row["hex"])
    return [] if is_ == mo_text(row) + b"\n" else [f"text: {is_!r}, not {mo_text(row)!r}"]


def udh(row):
    return ["--udh"] if row["mode"] == "gsm7+es" else []


def main():
    smppctl = sys.argv[1]
    files = sys.argv[2:] or [os.path.join(HERE, name) for name in ("text_vectors.tsv", "text_vectors_mo.tsv")]
    failed = passed = 0
    for path, differ in zip(files, (differences, mo_differences)):
        for row in rows(path):
            found = differ(smppctl, row)
            passed, failed = passed + (not found), failed + bool(found)
            for difference in found:
                print(f"{row['id']} {difference}")
    print(f"{passed} passed, {failed} failed: rows of the vectors")
    sys.exit(1 if failed or not passed else 0)


main()
