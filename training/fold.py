"""Starting weights: an ONNX graph or a YOLOX checkpoint read back into the network.

In: the path of a YOLOX ONNX file (its graph lists the convolutions in the order the
forward pass runs them) or of a YOLOX ``.pth`` checkpoint (batch norm is folded into the
convolution before it). Out: a `YoloxNet` with those weights. Where the wanted classes
are more than the file's, its class rows come first and the new ones start at a low
prior, so the old classes are untouched at step 0.
"""

import math
import pickle
from pathlib import Path

import numpy as np
import onnx
import torch
from google.protobuf.message import DecodeError
from onnx import numpy_helper
from torch import Tensor, nn

from training.errors import WeightsError
from training.network import NetworkShape, YoloxNet

NEW_CLASS_PRIOR = 0.01
"""Probability a class row starts with that the starting weights do not have."""
BATCH_NORM_EPSILON = 1e-3
"""YOLOX sets this on every batch norm (its code, not the torch default)."""
OTHER_FILE = "use a YOLOX-nano file, or one this tool exported"


def convolutions_in_order(net: YoloxNet) -> list[nn.Conv2d]:
    """List the convolutions of a network in the order a forward pass runs them."""
    seen: list[nn.Conv2d] = []

    def note(module: nn.Module, _inputs: object, _output: object) -> None:
        if isinstance(module, nn.Conv2d):
            seen.append(module)

    hooks = [
        module.register_forward_hook(note)
        for module in net.modules()
        if isinstance(module, nn.Conv2d)
    ]
    with torch.no_grad():
        net(torch.zeros(1, 3, 64, 64))
    for hook in hooks:
        hook.remove()
    return seen


def read_graph(path: Path) -> onnx.ModelProto:
    """Read an ONNX file.

    Raises:
        WeightsError: it is missing, truncated or something else.
    """
    try:
        model = onnx.load(str(path))
    except (OSError, ValueError, DecodeError) as error:
        raise WeightsError(
            path, "is missing, truncated or not an ONNX file", "copy it again"
        ) from error
    if not model.graph.node:
        raise WeightsError(path, "holds no network", "copy it again")
    return model


def graph_convolutions(path: Path) -> list[tuple[Tensor, Tensor]]:
    """Read weight and bias of every Conv node of an ONNX file, in graph order.

    Raises:
        WeightsError: the file is not ONNX, or a convolution has no stored weights.
    """
    graph = read_graph(path).graph
    stored = {item.name: item for item in graph.initializer}
    found = []
    for node in graph.node:
        if node.op_type != "Conv":
            continue
        names = node.input[1:3]
        if len(names) != 2 or any(name not in stored for name in names):
            raise WeightsError(
                path, f"node {node.name} has no folded weight and bias", OTHER_FILE
            )
        weight, bias = (
            torch.from_numpy(np.array(numpy_helper.to_array(stored[name])))
            for name in names
        )
        found.append((weight.float(), bias.float()))
    return found


def load_onnx(path: Path, classes: int) -> YoloxNet:
    """Fold an ONNX file back into a YOLOX-nano network with ``classes`` classes.

    Raises:
        WeightsError: the graph's convolutions are not those of the network.
    """
    net = YoloxNet(NetworkShape(classes))
    targets = convolutions_in_order(net)
    sources = graph_convolutions(path)
    if len(targets) != len(sources):
        counts = f"{len(sources)} convolutions where the network has {len(targets)}"
        raise WeightsError(path, f"has {counts}", OTHER_FILE)
    heads = set(map(id, net.head.cls_preds))
    for number, (conv, pair) in enumerate(zip(targets, sources, strict=True)):
        weight, bias = widen_classes(*pair, classes) if id(conv) in heads else pair
        if conv.weight.shape != weight.shape:
            shapes = f"{tuple(weight.shape)}, not {tuple(conv.weight.shape)}"
            raise WeightsError(path, f"convolution {number} is {shapes}", OTHER_FILE)
        _put(conv, weight, bias)
    return net


def widen_classes(weight: Tensor, bias: Tensor, classes: int) -> tuple[Tensor, Tensor]:
    """Fit class rows ``[c, k, 1, 1]`` to ``classes``: the first ones are kept."""
    missing = classes - weight.shape[0]
    if missing <= 0:
        return weight[:classes], bias[:classes]
    prior = -math.log((1 - NEW_CLASS_PRIOR) / NEW_CLASS_PRIOR)
    rows = torch.zeros(missing, *weight.shape[1:])
    return (
        torch.cat([weight, rows]),
        torch.cat([bias, torch.full((missing,), prior)]),
    )


def load_checkpoint_weights(path: Path) -> YoloxNet:
    """Read a YOLOX ``.pth`` checkpoint of any size, or weights saved by a run of ours.

    Raises:
        WeightsError: the file is damaged, or its layers are not those of YOLOX.
    """
    try:
        content = torch.load(path, weights_only=True, map_location="cpu")
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise WeightsError(
            path, "is missing, truncated or no checkpoint", "copy it again"
        ) from error
    stored = content.get("model", content) if isinstance(content, dict) else {}
    net = YoloxNet(shape_of(stored, path))
    for name, module in net.named_modules():
        if isinstance(module, nn.Conv2d):
            weight, bias = _folded(stored, name, path)
            if module.weight.shape != weight.shape:
                shapes = f"{tuple(weight.shape)}, not {tuple(module.weight.shape)}"
                raise WeightsError(path, f"layer {name} is {shapes}", OTHER_FILE)
            _put(module, weight, bias)
    return net


def shape_of(stored: dict[str, Tensor], path: Path) -> NetworkShape:
    """Tell width, depth, kind and classes of a YOLOX checkpoint from its layers.

    Raises:
        WeightsError: the layers that tell are missing.
    """
    stem = stored.get("backbone.backbone.stem.conv.conv.weight")
    last = stored.get("head.cls_preds.0.weight")
    if stem is None or last is None:
        raise WeightsError(path, "has no stem or no class layer", OTHER_FILE)
    blocks = {
        name.split(".")[5]
        for name in stored
        if name.startswith("backbone.backbone.dark3.1.m.")
    }
    return NetworkShape(
        classes=len(last),
        width=len(stem) / 64,
        depth=len(blocks) / 9,
        depthwise="backbone.backbone.dark2.0.dconv.conv.weight" in stored,
    )


def _folded(stored: dict[str, Tensor], name: str, path: Path) -> tuple[Tensor, Tensor]:
    weight = stored.get(f"{name}.weight")
    if weight is None:
        raise WeightsError(path, f"has no layer {name}", OTHER_FILE)
    bias = stored.get(f"{name}.bias")
    norm = name.removesuffix("conv") + "bn"
    scale = stored.get(f"{norm}.weight")
    if scale is not None:
        deviation = (stored[f"{norm}.running_var"] + BATCH_NORM_EPSILON).sqrt()
        gain = scale / deviation
        shift = stored[f"{norm}.bias"] - stored[f"{norm}.running_mean"] * gain
        return weight * gain.reshape(-1, 1, 1, 1), shift
    if bias is None:
        raise WeightsError(path, f"layer {name} has neither bias nor norm", OTHER_FILE)
    return weight, bias


@torch.no_grad()
def _put(conv: nn.Conv2d, weight: Tensor, bias: Tensor) -> None:
    conv.weight.copy_(weight)
    if conv.bias is not None:
        conv.bias.copy_(bias)
