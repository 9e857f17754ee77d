#!/usr/bin/python3
"""A small net (nets.py) that learns to read one set of pictures and is asked about others.

usage: read_net.py NET TRAINING_DIR TEST_DIR... [--seen PICTURES_SHOWN] [--size WIDTHxHEIGHT] [--seed N]
Prints for each test: whole codes read, single symbols read (in per cent), CPU seconds of training.
The budget is the number of pictures shown to the net (each of the set several times over if it is
smaller), so that it is the same on every machine; the learning rate falls to nothing at its end.
"""

import argparse
import time

import numpy
import torch
from torch import nn

from nets import NETS
from pictures import greys_of, truth_of

BATCH = 64


def targets_of(codes, alphabet, places):
    """Symbols as numbers, 0 behind the end of a shorter code."""
    out = torch.zeros(len(codes), places, dtype=torch.long)
    for i, code in enumerate(codes):
        for j, symbol in enumerate(code):
            out[i, j] = 1 + alphabet.index(symbol)
    return out


def batch_of(pictures, rows):
    return torch.from_numpy(pictures[rows]).float().div_(127.5).sub_(1).unsqueeze_(1)


def net_train(net, pictures, targets, seen):
    steps = seen // BATCH
    trainer = torch.optim.AdamW(net.parameters(), weight_decay=1e-3)
    rate = torch.optim.lr_scheduler.OneCycleLR(trainer, max_lr=4e-3, total_steps=steps,
                                               pct_start=0.25)
    loss_of = nn.CrossEntropyLoss()
    order = numpy.empty(0, int)
    net.train()
    for _ in range(steps):
        if len(order) < BATCH:
            order = numpy.random.permutation(len(pictures))
        rows, order = order[:BATCH], order[BATCH:]
        trainer.zero_grad()
        answer = net(batch_of(pictures, rows))
        loss = loss_of(answer.flatten(0, 1), targets[rows].flatten())
        loss.backward()
        trainer.step()
        rate.step()


def net_score(net, pictures, targets):
    """The share of whole codes and of single symbols read."""
    net.eval()
    whole = single = 0
    with torch.no_grad():
        for i in range(0, len(pictures), BATCH):
            rows = numpy.arange(i, min(i + BATCH, len(pictures)))
            right = net(batch_of(pictures, rows)).argmax(2) == targets[rows]
            whole += right.all(1).sum().item()
            single += right.float().mean(1).sum().item()
    return whole / len(pictures), single / len(pictures)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    options.add_argument("net", choices=NETS)
    options.add_argument("training")
    options.add_argument("tests", nargs="+")
    options.add_argument("--seen", type=int, default=40000)
    options.add_argument("--size", default="128x48", help="every picture is brought to it; multiples of 16")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()

    torch.manual_seed(chosen.seed)
    numpy.random.seed(chosen.seed)
    size = [int(pixels) for pixels in chosen.size.split("x")]
    training, tests = truth_of(chosen.training), [truth_of(test) for test in chosen.tests]
    codes = [code for pairs in [training, *tests] for _, code in pairs]
    alphabet, places = sorted(set("".join(codes))), max(map(len, codes))

    def loaded(pairs):
        return (greys_of([path for path, _ in pairs], *size),
                targets_of([code for _, code in pairs], alphabet, places))

    net = NETS[chosen.net](*size, places, 1 + len(alphabet))
    pictures = loaded(training)
    begin = time.process_time()
    net_train(net, *pictures, chosen.seen)
    spent = time.process_time() - begin
    for pairs in tests:
        whole, single = net_score(net, *loaded(pairs))
        print(f"{100 * whole:.1f}\t{100 * single:.1f}\t{spent:.0f}", flush=True)


if __name__ == "__main__":
    main()
