"""Sets of pictures with their truth: a directory of files and truth.tsv (file name, tab, code)."""

import os

import numpy
from PIL import Image


def truth_of(directory):
    """The (path, code) pairs of a set, codes in capitals."""
    with open(os.path.join(directory, "truth.tsv"), encoding="ascii") as lines:
        pairs = (line.rstrip("\n").split("\t") for line in lines)
        return [(os.path.join(directory, name), code.upper()) for name, code in pairs]


def greys_of(paths, width, height):
    """The pictures as one array of octets, brought to one size: (n, height, width)."""
    out = numpy.empty((len(paths), height, width), numpy.uint8)
    for i, path in enumerate(paths):
        with Image.open(path) as picture:
            out[i] = picture.convert("L").resize((width, height), Image.BOX)
    return out
