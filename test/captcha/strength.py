#!/usr/bin/python3
"""How many codes programs read: ours, and those of three packages of Debian, by one and the same means.

usage: strength.py PICTURES_PROGRAM SETS_DIR [--seen N] [--only NAME]
Each line: what the net learned from, what it was asked about, codes tesseract read (best of nine
preprocessings; any of them), codes and symbols the net read, CPU seconds it learned. In per cent.
--seen: the budget, pictures shown to the net. 40,000 are 3 to 4 CPU-minutes.
"""

import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TEST, FEWEST, MOST = 1000, 24000, 60000  # pictures
DAY = 20000
FIRST_OF_TRAINING = 1000000  # ids: no test picture is ever trained on
OURS = {"A": 2, "B": 5, "C": 4}  # deployments: two upright bands, one, a level and an upright one
MANY, OTHERS = 1000, 500  # the first of so many deployments none of which is asked about

# What makes a set: its arguments follow DIR and are the count alone, or ours: FIRST COUNT DEPLOYMENT...
PEERS = {
    "Authen::Captcha": ["perl", os.path.join(HERE, "peers/authen_captcha.pl")],
    "GD::SecurityImage": ["perl", os.path.join(HERE, "peers/gd_securityimage.pl")],
    "Gregwar": ["php", os.path.join(HERE, "peers/gregwar.php")],
}


def output_of(command):
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return [line.split("\t") for line in done.stdout.decode().splitlines()]


def set_made(directory, command, arguments):
    """The directory of a set, made unless it is there; one left half made is made again."""
    if not os.path.exists(os.path.join(directory, "whole")):
        os.makedirs(directory, exist_ok=True)
        subprocess.run([*command, directory, *map(str, arguments)], check=True)
        open(os.path.join(directory, "whole"), "w", encoding="ascii").close()
    return directory


def line_printed(learned, asked, directory, net):
    (best, any_of_them, _), = output_of(
        [sys.executable, os.path.join(HERE, "read_ocr.py"), directory])
    whole, single, spent = net
    print(f"{learned:<20} {asked:<18} {best:>6} {any_of_them:>6} {whole:>7} {single:>7} {spent:>6}",
          flush=True)


def net_asked(training, tests, seen):
    return output_of([sys.executable, os.path.join(HERE, "read_net.py"), training, *tests,
                      "--seen", str(seen)])


def set_of_ours(program, sets, name, *arguments):
    return set_made(os.path.join(sets, name), [program], arguments)


def lines_of_ours(program, sets, count, chosen):
    tests = {name: set_of_ours(program, sets, "test-" + name, 0, TEST, deployment, DAY)
             for name, deployment in OURS.items()}
    learned = {"ours, " + name: (deployment, 1) for name, deployment in OURS.items()}
    learned[f"ours, {OTHERS} others"] = MANY, OTHERS
    for name, (deployment, many) in learned.items():
        if name.startswith(chosen.only):
            training = set_of_ours(program, sets, f"{deployment}-{count}", FIRST_OF_TRAINING,
                                   count, deployment, DAY, many)
            nets = net_asked(training, tests.values(), chosen.seen)
            for (asked, test), net in zip(tests.items(), nets):
                line_printed(name, asked, test, net)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("program")
    options.add_argument("sets")
    options.add_argument("--seen", type=int, default=40000)
    options.add_argument("--only", default="", help="lines whose name begins so")
    chosen = options.parse_args()
    os.nice(10)
    count = min(max(FEWEST, chosen.seen), MOST) if chosen.seen > 40000 else FEWEST
    print(f"{'learned from':<20} {'asked about':<18} {'OCR':>6} {'any':>6} {'net':>7} {'symbol':>7}"
          f" {'CPU s':>6}", flush=True)
    for name, command in PEERS.items():
        if name.startswith(chosen.only):
            place = os.path.join(chosen.sets, name.replace("::", "-"))
            test = set_made(place + "-test", command, [TEST])
            training = set_made(f"{place}-{count}", command, [count])
            line_printed(name, "the same", test, net_asked(training, [test], chosen.seen)[0])
    if chosen.only.startswith("ours") or not chosen.only:
        lines_of_ours(chosen.program, chosen.sets, count, chosen)


if __name__ == "__main__":
    main()
