#!/usr/bin/python3
"""How many codes programs read: ours, and those of three packages of Debian, by one and the same means.

usage: strength.py PICTURES_PROGRAM SETS_DIR [--seen N] [--only NAME] [--nets plain,searching] [--size 128x48] [--seed N]
Each line: what the nets learned from, what they were asked about, codes tesseract read (best of nine
preprocessings; any of them), codes each net read, and single symbols. In per cent.
--seen: the budget, pictures shown to each net. 40,000 are about three CPU-minutes.
"""

import argparse
import functools
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TEST, FEWEST, MOST = 1000, 24000, 60000  # pictures
DAY = 20000
FIRST_OF_TRAINING = 1000000  # ids: no test picture is ever trained on
OURS = {"A": (5, DAY), "B": (2, DAY), "B next day": (2, DAY + 1)}  # deployments and days
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


@functools.cache
def ocr_of(directory):
    (best, any_of_them, _), = output_of([sys.executable, os.path.join(HERE, "read_ocr.py"), directory])
    return best, any_of_them


def tests_asked(learned, training, tests, chosen):
    """Prints a line for each test: {name: directory}."""
    scores = [[] for _ in tests]
    for net in chosen.nets.split(","):
        lines = output_of([sys.executable, os.path.join(HERE, "read_net.py"), net, training,
                           *tests.values(), "--seen", str(chosen.seen), "--size", chosen.size,
                           "--seed", str(chosen.seed)])
        for score, (whole, single, _) in zip(scores, lines):
            score.append(f"{whole:>9} ({single:>4})")
    for (asked, directory), score in zip(tests.items(), scores):
        best, any_of_them = ocr_of(directory)
        print(f"{learned:<18} {asked:<10} {best:>5} {any_of_them:>5}", *score, flush=True)


def set_of_ours(program, sets, name, *arguments):
    return set_made(os.path.join(sets, name), [program], arguments)


def lines_of_ours(program, sets, count, chosen):
    tests = {name: set_of_ours(program, sets, "test-" + name, 0, TEST, *style)
             for name, style in OURS.items()}
    learned = {"ours, " + name: (*OURS[name], 1) for name in "AB"}
    learned[f"ours, {OTHERS} others"] = MANY, DAY, OTHERS
    for name, (deployment, day, many) in learned.items():
        if name.startswith(chosen.only):
            training = set_of_ours(program, sets, f"{deployment}-{day}-{count}", FIRST_OF_TRAINING,
                                   count, deployment, day, many)
            tests_asked(name, training, tests, chosen)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("program")
    options.add_argument("sets")
    options.add_argument("--seen", type=int, default=40000)
    options.add_argument("--nets", default="plain,searching")
    options.add_argument("--size", default="128x48", help="what the nets see of a picture")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", default="", help="lines whose name begins so")
    chosen = options.parse_args()
    os.nice(10)
    count = min(max(FEWEST, chosen.seen), MOST) if chosen.seen > 40000 else FEWEST
    print(f"{'learned from':<18} {'asked':<10} {'OCR':>5} {'any':>5}",
          *(f"{net:>9} (one) " for net in chosen.nets.split(",")), flush=True)
    for name, command in PEERS.items():
        if name.startswith(chosen.only):
            place = os.path.join(chosen.sets, name.replace("::", "-"))
            test = set_made(place + "-test", command, [TEST])
            training = set_made(f"{place}-{count}", command, [count])
            tests_asked(name, training, {"the same": test}, chosen)
    if chosen.only.startswith("ours") or not chosen.only:
        lines_of_ours(chosen.program, chosen.sets, count, chosen)


if __name__ == "__main__":
    main()
