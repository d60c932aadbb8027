"""The head network: finds heads in a square and tells what one head wears.

In: squares ``[n, 3, s, s]``, float32, BGR 0-255, sides multiples of 16. Out: class
logits ``[n, 4]`` of the head in the middle, and a map ``[n, 5, s / 8, s / 8]`` of heads
in the square: logit, x and y of the centre in cells from the cell's corner, logarithm
of width and height in cells.

One trunk serves both, most of a YOLOX-nano network's: few labelled heads exist, and
features learned on COCO's people carry over to cameras no photograph here was taken
with. Its last stage is left out: the network must stay under 2 MB.
"""

import torch
from torch import Tensor, nn

from training.network import ConvAct, CrossStage, Darknet, DepthwiseConv, NetworkShape

CELL_PX = 8
WHOLE_LAYERS = 2
"""Of the trunk's last stage: the step to stride 32 and the pyramid of pools."""

TRUNK = ("stem", "dark2", "dark3", "dark4", "whole")
"""Parts that start from a trained network."""

RARE_LOGIT = -4.0
"""Start of the map's logit: about one cell in fifty holds a head."""


class HeadNet(nn.Module):
    """Trunk, a map of heads at stride 8 and a classifier of the middle."""

    def __init__(self, classes: int, dropout: float) -> None:
        super().__init__()
        shape = NetworkShape(classes)
        trunk = Darknet(shape)
        self.stem, self.dark2 = trunk.stem, trunk.dark2
        self.dark3, self.dark4 = trunk.dark3, trunk.dark4
        self.whole = trunk.dark5[:WHOLE_LAYERS]
        fine, coarse = shape.channels(256), shape.channels(512)
        self.narrow = ConvAct(coarse, fine, 1)
        self.upsample = nn.Upsample(scale_factor=2, mode="nearest")
        self.join = CrossStage(shape, 2 * fine, fine, 1, shortcut=False)
        self.wide = DepthwiseConv(fine, fine, 5)
        self.map = nn.Conv2d(fine, 5, 1)
        self.widen = ConvAct(coarse, 2 * coarse, 1)
        self.classify = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(8 * coarse, classes)
        )
        with torch.no_grad():
            assert self.map.bias is not None
            self.map.bias.zero_()
            self.map.bias[0] = RARE_LOGIT

    def forward(self, squares: Tensor) -> tuple[Tensor, Tensor]:
        """Give class logits and the map of heads."""
        at8, at16 = self.features(squares)
        return self.states_of(at16), self.map_of(at8, at16)

    def features(self, squares: Tensor) -> tuple[Tensor, Tensor]:
        """The trunk at strides 8 and 16."""
        at8: Tensor = self.dark3(self.dark2(self.stem(squares)))
        at16: Tensor = self.dark4(at8)
        return at8, at16

    def states_of(self, at16: Tensor) -> Tensor:
        """Class logits of the middle, from details and from the whole."""
        wide, whole = self.widen(at16), self.whole(at16)
        pooled = [
            *(wide.mean(dim=(2, 3)), wide.amax(dim=(2, 3))),
            *(whole.mean(dim=(2, 3)), whole.amax(dim=(2, 3))),
        ]
        states: Tensor = self.classify(torch.cat(pooled, dim=1))
        return states

    def map_of(self, at8: Tensor, at16: Tensor) -> Tensor:
        """The map of heads."""
        joined = torch.cat([self.upsample(self.narrow(at16)), at8], dim=1)
        heads: Tensor = self.map(self.wide(self.join(joined)))
        return heads

    def take_trunk(self, trunk: Darknet) -> None:
        """Copy the stages of a trained network that are used here."""
        for name in ("stem", "dark2", "dark3", "dark4"):
            getattr(self, name).load_state_dict(getattr(trunk, name).state_dict())
        self.whole.load_state_dict(trunk.dark5[:WHOLE_LAYERS].state_dict())
