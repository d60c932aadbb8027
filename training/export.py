"""A trained network written as the ONNX file and manifest the detector reads.

In: a `YoloxNet` and what is known of it. Out: ``<name>.onnx`` with dynamic batch,
height and width, and ``<name>.yaml`` beside it. The ONNX carries the same facts in its
own metadata, so a file that lost its manifest can still be told apart.
"""

import json
import logging
import warnings
from dataclasses import dataclass
from pathlib import Path

import onnx
import torch

from models.manifest import InputSpec, Manifest, Thresholds
from training.fold import read_graph
from training.manifest_file import sha256_of, write_manifest
from training.network import STRIDES, ServedNet, YoloxNet

OPSET = 18
LICENCE = "Apache-2.0"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a network comes from.

    Attributes:
        name: of the network, and of its files.
        classes: names of its class columns.
        data: one line a source, with its licence.
        seed: of the run.
        licence: of the weights.
    """

    name: str
    classes: tuple[str, ...]
    data: tuple[str, ...]
    seed: int | None
    licence: str = LICENCE


def export(
    net: YoloxNet, about: Provenance, spec: InputSpec, thresholds: Thresholds, out: Path
) -> Path:
    """Write network and manifest into the folder ``out``; give the manifest's path."""
    out.mkdir(parents=True, exist_ok=True)
    weights = out / f"{about.name}.onnx"
    write_onnx(net, weights)
    add_metadata(weights, about, spec)
    manifest = Manifest(
        name=about.name,
        file=weights.name,
        sha256=sha256_of(weights),
        input=spec,
        classes=about.classes,
        decoded=False,
        thresholds=thresholds,
        licence=about.licence,
        data=about.data,
        seed=about.seed,
    )
    return write_manifest(manifest, out / f"{about.name}.yaml")


def write_onnx(net: YoloxNet, path: Path) -> None:
    """Trace a network with dynamic batch and sides, and drop the tracer's notes."""
    batch = torch.export.Dim("batch")
    rows = STRIDES[-1] * torch.export.Dim("height_32")
    columns = STRIDES[-1] * torch.export.Dim("width_32")
    exporter_log = logging.getLogger("torch.onnx")
    level = exporter_log.level
    exporter_log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            # the exporter's own calls into torch are deprecated in torch 2.13
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                ServedNet(net).eval(),
                (torch.zeros(2, 3, 416, 320),),
                dynamo=True,
                opset_version=OPSET,
                input_names=["images"],
                output_names=["output"],
                dynamic_shapes=({0: batch, 2: rows, 3: columns},),
                verbose=False,
            )
    finally:
        exporter_log.setLevel(level)
    program.save(str(path))
    model = onnx.load(str(path))
    _drop_notes(model)
    onnx.save(model, str(path))


def _drop_notes(model: onnx.ModelProto) -> None:
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output):
        del value.metadata_props[:]
    for tensor in model.graph.initializer:
        del tensor.metadata_props[:]
    del model.graph.metadata_props[:]


def add_metadata(path: Path, about: Provenance, spec: InputSpec) -> None:
    """Write what a reader must know into the ONNX file itself."""
    model = read_graph(path)
    facts = {
        "name": about.name,
        "task": "detect",
        "family": "yolox",
        "decoded": "false",
        "strides": json.dumps(STRIDES),
        "names": json.dumps(dict(enumerate(about.classes))),
        "input": spec.model_dump_json(),
        "licence": about.licence,
        "data": json.dumps(about.data),
        "seed": json.dumps(about.seed),
    }
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, facts)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
