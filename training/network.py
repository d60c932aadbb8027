"""The YOLOX network in its folded form: convolutions with a bias, no batch norm.

In: an image batch ``[n, 3, h, w]``, float32, BGR 0-255, sides multiples of 32. Out:
``[n, anchors, 5 + classes]`` raw rows (dx, dy, log w, log h, objectness logit, class
logits) of the strides 8, 16 and 32, row by row.

The published weights this project starts from have their batch norm folded into the
convolutions, and a fine-tuning on a few thousand images must not move batch statistics,
so the network has no batch norm at all: the same function, a third fewer memory passes
per step. Module names follow the published YOLOX checkpoints, which can then be loaded
by key (Ge et al. 2021, "YOLOX: Exceeding YOLO Series in 2021", arXiv:2107.08430).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

STRIDES = (8, 16, 32)


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """What fixes the size of a network: classes, width and depth factors."""

    classes: int
    width: float = 0.25
    depth: float = 0.33
    depthwise: bool = True

    def channels(self, base: int) -> int:
        """Channels of a stage that has ``base`` of them at width 1."""
        return int(base * self.width)

    def repeats(self, base: int) -> int:
        """Bottlenecks of a stage that has ``base`` of them at depth 1."""
        return max(round(base * self.depth), 1)


class ConvAct(nn.Module):
    """A convolution with bias and SiLU."""

    def __init__(
        self, cin: int, cout: int, kernel: int, stride: int = 1, groups: int = 1
    ) -> None:
        super().__init__()
        pad = (kernel - 1) // 2
        self.conv = nn.Conv2d(cin, cout, kernel, stride, pad, groups=groups)
        self.act = nn.SiLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``[n, cin, h, w]`` to ``[n, cout, h / stride, w / stride]``."""
        out: Tensor = self.act(self.conv(x))
        return out


class DepthwiseConv(nn.Module):
    """A depth-wise convolution followed by a point-wise one."""

    def __init__(self, cin: int, cout: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.dconv = ConvAct(cin, cin, kernel, stride, groups=cin)
        self.pconv = ConvAct(cin, cout, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``[n, cin, h, w]`` to ``[n, cout, h / stride, w / stride]``."""
        out: Tensor = self.pconv(self.dconv(x))
        return out


def spatial_conv(
    shape: NetworkShape, cin: int, cout: int, stride: int = 1
) -> ConvAct | DepthwiseConv:
    """Build the 3x3 convolution this network uses: dense or depth-wise."""
    if shape.depthwise:
        return DepthwiseConv(cin, cout, 3, stride)
    return ConvAct(cin, cout, 3, stride)


class Bottleneck(nn.Module):
    """1x1 then 3x3, with an optional shortcut."""

    def __init__(self, shape: NetworkShape, channels: int, *, shortcut: bool) -> None:
        super().__init__()
        self.conv1 = ConvAct(channels, channels, 1)
        self.conv2 = spatial_conv(shape, channels, channels)
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """Keep the shape ``[n, channels, h, w]``."""
        out: Tensor = self.conv2(self.conv1(x))
        return out + x if self.shortcut else out


class CrossStage(nn.Module):
    """Two half-width branches, one through bottlenecks, joined by a 1x1."""

    def __init__(
        self,
        shape: NetworkShape,
        cin: int,
        cout: int,
        repeats: int,
        *,
        shortcut: bool = True,
    ) -> None:
        super().__init__()
        hidden = cout // 2
        self.conv1 = ConvAct(cin, hidden, 1)
        self.conv2 = ConvAct(cin, hidden, 1)
        self.conv3 = ConvAct(2 * hidden, cout, 1)
        self.m = nn.Sequential(
            *(Bottleneck(shape, hidden, shortcut=shortcut) for _ in range(repeats))
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map ``[n, cin, h, w]`` to ``[n, cout, h, w]``."""
        main, side = self.conv1(x), self.conv2(x)
        out: Tensor = self.conv3(torch.cat((self.m(main), side), dim=1))
        return out


class PyramidPool(nn.Module):
    """Max pools of 5, 9 and 13 beside the input."""

    def __init__(self, cin: int, cout: int) -> None:
        super().__init__()
        hidden = cin // 2
        self.conv1 = ConvAct(cin, hidden, 1)
        self.m = nn.ModuleList(nn.MaxPool2d(k, 1, k // 2) for k in (5, 9, 13))
        self.conv2 = ConvAct(hidden * 4, cout, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``[n, cin, h, w]`` to ``[n, cout, h, w]``."""
        x = self.conv1(x)
        out: Tensor = self.conv2(torch.cat([x, *(pool(x) for pool in self.m)], dim=1))
        return out


class Focus(nn.Module):
    """Four pixel phases stacked as channels, then a 3x3 convolution."""

    def __init__(self, cout: int) -> None:
        super().__init__()
        self.conv = ConvAct(12, cout, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``[n, 3, h, w]`` to ``[n, cout, h / 2, w / 2]``."""
        phases = (
            x[..., ::2, ::2],
            x[..., 1::2, ::2],
            x[..., ::2, 1::2],
            x[..., 1::2, 1::2],
        )
        out: Tensor = self.conv(torch.cat(phases, dim=1))
        return out


class Darknet(nn.Module):
    """The trunk: features at strides 8, 16 and 32."""

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        widths = [shape.channels(base) for base in (64, 128, 256, 512, 1024)]
        few, many = shape.repeats(3), shape.repeats(9)
        self.stem = Focus(widths[0])
        self.dark2 = self._stage(shape, widths[0], widths[1], few)
        self.dark3 = self._stage(shape, widths[1], widths[2], many)
        self.dark4 = self._stage(shape, widths[2], widths[3], many)
        self.dark5 = nn.Sequential(
            spatial_conv(shape, widths[3], widths[4], 2),
            PyramidPool(widths[4], widths[4]),
            CrossStage(shape, widths[4], widths[4], few, shortcut=False),
        )

    @staticmethod
    def _stage(shape: NetworkShape, cin: int, cout: int, repeats: int) -> nn.Module:
        return nn.Sequential(
            spatial_conv(shape, cin, cout, 2), CrossStage(shape, cout, cout, repeats)
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Map ``[n, 3, h, w]`` to features at h/8, h/16 and h/32."""
        x = self.dark2(self.stem(x))
        at8 = self.dark3(x)
        at16 = self.dark4(at8)
        return at8, at16, self.dark5(at16)


class Neck(nn.Module):
    """The trunk with a path-aggregation pyramid above it."""

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        c3, c4, c5 = (shape.channels(base) for base in (256, 512, 1024))
        few = shape.repeats(3)
        self.backbone = Darknet(shape)
        self.upsample = nn.Upsample(scale_factor=2, mode="nearest")
        self.lateral_conv0 = ConvAct(c5, c4, 1)
        self.C3_p4 = CrossStage(shape, 2 * c4, c4, few, shortcut=False)
        self.reduce_conv1 = ConvAct(c4, c3, 1)
        self.C3_p3 = CrossStage(shape, 2 * c3, c3, few, shortcut=False)
        self.bu_conv2 = spatial_conv(shape, c3, c3, 2)
        self.C3_n3 = CrossStage(shape, 2 * c3, c4, few, shortcut=False)
        self.bu_conv1 = spatial_conv(shape, c4, c4, 2)
        self.C3_n4 = CrossStage(shape, 2 * c4, c5, few, shortcut=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Map ``[n, 3, h, w]`` to fused features at h/8, h/16 and h/32."""
        at8, at16, at32 = self.backbone(x)
        top = self.lateral_conv0(at32)
        mid = self.C3_p4(torch.cat([self.upsample(top), at16], 1))
        mid_reduced = self.reduce_conv1(mid)
        out8 = self.C3_p3(torch.cat([self.upsample(mid_reduced), at8], 1))
        out16 = self.C3_n3(torch.cat([self.bu_conv2(out8), mid_reduced], 1))
        out32 = self.C3_n4(torch.cat([self.bu_conv1(out16), top], 1))
        return out8, out16, out32


class Head(nn.Module):
    """Decoupled heads: class, box and objectness per stride."""

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        hidden = shape.channels(256)
        widths = [shape.channels(base) for base in (256, 512, 1024)]

        def tower() -> nn.Sequential:
            return nn.Sequential(
                spatial_conv(shape, hidden, hidden), spatial_conv(shape, hidden, hidden)
            )

        self.stems = nn.ModuleList(ConvAct(width, hidden, 1) for width in widths)
        self.cls_convs = nn.ModuleList(tower() for _ in widths)
        self.reg_convs = nn.ModuleList(tower() for _ in widths)
        self.cls_preds = nn.ModuleList(
            nn.Conv2d(hidden, shape.classes, 1) for _ in widths
        )
        self.reg_preds = nn.ModuleList(nn.Conv2d(hidden, 4, 1) for _ in widths)
        self.obj_preds = nn.ModuleList(nn.Conv2d(hidden, 1, 1) for _ in widths)

    def forward(self, features: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        """Map three feature maps to raw rows ``[n, anchors, 5 + classes]``."""
        rows = []
        for level, feature in enumerate(features):
            x = self.stems[level](feature)
            scores = self.cls_preds[level](self.cls_convs[level](x))
            boxes_in = self.reg_convs[level](x)
            box = self.reg_preds[level](boxes_in)
            obj = self.obj_preds[level](boxes_in)
            rows.append(torch.cat([box, obj, scores], 1).flatten(2))
        return torch.cat(rows, dim=2).transpose(1, 2)


class YoloxNet(nn.Module):
    """Trunk, neck and head as one module; ``shape`` says how large."""

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        self.shape = shape
        self.backbone = Neck(shape)
        self.head = Head(shape)

    def forward(self, images: Tensor) -> Tensor:
        """Map ``[n, 3, h, w]`` BGR 0-255 to raw rows ``[n, anchors, 5 + classes]``."""
        out: Tensor = self.head(self.backbone(images))
        return out


class ServedNet(nn.Module):
    """The network as exported: scores already through the sigmoid."""

    def __init__(self, net: YoloxNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, images: Tensor) -> Tensor:
        """Map images to ``[n, anchors, 5 + classes]`` with probabilities from 4 on."""
        rows = self.net(images)
        return torch.cat([rows[..., :4], rows[..., 4:].sigmoid()], dim=-1)


def anchor_grid(height: int, width: int) -> Tensor:
    """Give ``[anchors, 3]``: cell column, cell row and stride of each output row."""
    parts = []
    for stride in STRIDES:
        rows, columns = height // stride, width // stride
        ys, xs = torch.meshgrid(
            torch.arange(rows), torch.arange(columns), indexing="ij"
        )
        strides = torch.full_like(xs, stride)
        parts.append(torch.stack([xs, ys, strides], -1).reshape(-1, 3))
    return torch.cat(parts).float()


def decode_boxes(rows: Tensor, grid: Tensor) -> Tensor:
    """Decode ``[..., anchors, 4+]`` raw rows to centre-size boxes in pixels."""
    stride = grid[:, 2:3]
    centres = (rows[..., :2] + grid[:, :2]) * stride
    sizes = rows[..., 2:4].clamp(max=8.0).exp() * stride
    return torch.cat([centres, sizes], -1)
