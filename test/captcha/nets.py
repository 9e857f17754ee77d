"""Two small nets that read a code from a grey picture: one answer for each place of the code."""

import torch
from torch import nn


def convolutions(kinds):
    """Layers that keep the size, each followed by a reduction (None: none)."""
    layers, before = [], 1
    for channels, reduction in kinds:
        layers += [nn.Conv2d(before, channels, 3, padding=1, bias=False),
                   nn.BatchNorm2d(channels), nn.ReLU()]
        layers += [nn.MaxPool2d(reduction)] if reduction else []
        before = channels
    return nn.Sequential(*layers)


def plain(width, height, places, symbols):
    """The text-book net: every place learns every symbol anew, wherever in the picture it stands."""
    look = convolutions([(16, 2), (32, 2), (64, 2), (96, None), (128, 2)])
    return nn.Sequential(look, nn.Flatten(), nn.Dropout(0.2),
                         nn.Linear(128 * (width // 16) * (height // 16), 256), nn.ReLU(),
                         nn.Linear(256, places * symbols), nn.Unflatten(1, (places, symbols)))


class Searching(nn.Module):
    """Makes a column of features for every eighth pixel; each place searches for its columns, and one
    classifier for all places names what stands there. It needs far fewer pictures than the plain one."""

    def __init__(self, height, places, symbols):
        super().__init__()
        self.look = nn.Sequential(
            convolutions([(16, 2), (32, 2), (64, 2), (96, None), (128, (2, 1))]),
            nn.Conv2d(128, 192, (height // 16, 3), padding=(0, 1), bias=False),
            nn.BatchNorm2d(192), nn.ReLU(), nn.Flatten(2))
        self.order = nn.GRU(192, 96, batch_first=True, bidirectional=True)
        self.search = nn.Linear(192, places)
        self.name = nn.Sequential(nn.Dropout(0.1), nn.Linear(384, symbols))

    def forward(self, pictures):
        columns = self.look(pictures).transpose(1, 2)
        ordered, _ = self.order(columns)
        found = self.search(ordered).softmax(1).transpose(1, 2)
        return self.name(torch.cat((found @ columns, found @ ordered), 2))


def searching(_width, height, places, symbols):
    return Searching(height, places, symbols)


NETS = {"plain": plain, "searching": searching}
