#!/usr/bin/python3
"""tesseract over several preprocessings of one set of pictures.

usage: read_ocr.py TEST_DIR [--pictures N]
Prints: the share (per cent) of codes that the best single preprocessing read, the share that any of
them read (as if an attacker knew which to believe), and the name of the best.
"""

import argparse
import os
import subprocess
import tempfile

from PIL import Image, ImageFilter, ImageOps

from pictures import truth_of

LOOK_ALIKE = str.maketrans("4863O0PFCQ9XR1I57UVZ", "ABBBDDDEGGGKKLLSTYY2")  # as the module takes typed letters


def enlarged(picture):
    return picture.resize((picture.width * 2, picture.height * 2), Image.BICUBIC)


# What is done to a grey picture before tesseract sees it.
PREPARED = {
    "as it is": lambda p: p,
    "twice as large": enlarged,
    "black and white": lambda p: enlarged(p).point(lambda grey: 255 if grey > 128 else 0),
    "inverted": lambda p: ImageOps.invert(enlarged(p)),
    "median": lambda p: enlarged(p).filter(ImageFilter.MedianFilter(5)),
    "thinned": lambda p: enlarged(p).filter(ImageFilter.MaxFilter(3)),
    "thickened": lambda p: enlarged(p).filter(ImageFilter.MinFilter(3)),
    "edges": lambda p: ImageOps.invert(enlarged(p).filter(ImageFilter.FIND_EDGES)),
    "blurred": lambda p: enlarged(p).filter(ImageFilter.GaussianBlur(2)),
}


def lines_read(paths, alphabet):
    """tesseract's reading of each file. It dies of some pictures: such a one counts as not read."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as files:
        files.write("\n".join(paths) + "\n")
        files.flush()
        done = subprocess.run(
            ["tesseract", files.name, "-", "--psm", "7", "-c",
             "tessedit_char_whitelist=" + alphabet, "-c", "page_separator=\f"],
            env={**os.environ, "OMP_THREAD_LIMIT": "1"}, check=False, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL)
    if done.returncode:
        half = len(paths) // 2
        return [*lines_read(paths[:half], alphabet), *lines_read(paths[half:], alphabet)] \
            if half else [""]
    pages = done.stdout.decode("utf-8", "replace").split("\f")[:len(paths)]
    return ["".join(page.split()).upper() for page in pages]


def is_right(text, code):
    return text == code or text.translate(LOOK_ALIKE) == code.translate(LOOK_ALIKE)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("test")
    options.add_argument("--pictures", type=int, default=200)
    chosen = options.parse_args()
    truth = truth_of(chosen.test)[:chosen.pictures]
    symbols = set("".join(code for _, code in truth))
    alphabet = "".join(sorted(symbols | {symbol.lower() for symbol in symbols}))
    right = {}
    with tempfile.TemporaryDirectory() as prepared:
        for name, prepare in PREPARED.items():
            paths = []
            for path, _ in truth:
                paths.append(os.path.join(prepared, os.path.basename(path) + ".png"))
                with Image.open(path) as picture:
                    prepare(picture.convert("L")).save(paths[-1])
            texts = lines_read(paths, alphabet)
            right[name] = {i for i, (_, code) in enumerate(truth) if is_right(texts[i], code)}
    best = max(right, key=lambda name: len(right[name]))
    any_of_them = set().union(*right.values())
    print(f"{100 * len(right[best]) / len(truth):.1f}\t{100 * len(any_of_them) / len(truth):.1f}"
          f"\t{best}", flush=True)


if __name__ == "__main__":
    main()
