"""Writes the smallest ONNX file that answers with a given output, byte by byte.

The output does not depend on the picture. Encoded by hand (protocol buffers, ONNX
opset 12), so that the tests of broken networks need no library that writes networks.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FLOAT = 1
INTS = 7
Dim = int | str


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes | str) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(raw)) + raw


def _value(name: str, shape: tuple[Dim, ...]) -> bytes:
    dims = b"".join(
        _bytes(1, _number(1, d) if isinstance(d, int) else _bytes(2, d)) for d in shape
    )
    tensor = _number(1, FLOAT) + _bytes(2, dims)
    return _bytes(1, name) + _bytes(2, _bytes(1, tensor))


def _tensor(name: str, array: NDArray[np.float32]) -> bytes:
    dims = b"".join(_number(1, n) for n in array.shape)
    raw = array.astype("<f4").tobytes()
    return dims + _number(2, FLOAT) + _bytes(8, name) + _bytes(9, raw)


def _node(op: str, inputs: tuple[str, ...], output: str, attributes: bytes) -> bytes:
    fed = b"".join(_bytes(1, name) for name in inputs)
    return fed + _bytes(2, output) + _bytes(4, op) + attributes


def _ints(name: str, values: tuple[int, ...]) -> bytes:
    listed = b"".join(_number(8, value) for value in values)
    return _bytes(5, _bytes(1, name) + listed + _number(20, INTS))


def onnx_bytes(
    output: NDArray[np.float32],
    input_shape: tuple[Dim, ...] = ("batch", 3, 64, 64),
    metadata: Mapping[str, str] | None = None,
) -> bytes:
    """A network that answers `output` (two axes) for each picture of a batch."""
    nodes = (
        _node("ReduceMax", ("images",), "top", _ints("axes", (1, 2, 3))),
        _node("Squeeze", ("top",), "flat", _ints("axes", (3,))),
        _node("Mul", ("flat", "zero"), "nought", b""),
        _node("Add", ("nought", "fixed"), "output", b""),
    )
    out_shape = (input_shape[0], *output.shape)
    graph = (
        b"".join(_bytes(1, node) for node in nodes)
        + _bytes(2, "tiny")
        + _bytes(5, _tensor("zero", np.zeros((1, 1, 1), np.float32)))
        + _bytes(5, _tensor("fixed", output[None]))
        + _bytes(11, _value("images", input_shape))
        + _bytes(12, _value("output", out_shape))
    )
    said = b"".join(
        _bytes(14, _bytes(1, key) + _bytes(2, value))
        for key, value in (metadata or {}).items()
    )
    return _number(1, 7) + _bytes(8, _number(2, 12)) + _bytes(7, graph) + said


def write_network(
    folder: Path, output: NDArray[np.float32], name: str = "tiny", **options: object
) -> Path:
    """Write `<name>.onnx` with `onnx_bytes` and say where it lies."""
    path = folder / f"{name}.onnx"
    path.write_bytes(onnx_bytes(output, **options))  # type: ignore[arg-type]
    return path
