"""A trained head network written as the ONNX file and manifest the detector reads.

In: a `HeadNet`, its recipe and held-back heads. Out: ``<name>.onnx`` with a dynamic
batch and ``<name>.yaml`` beside it, calibrated on the validation pictures through the
written file itself, so that the temperature belongs to what ships.
"""

import json
import logging
import warnings
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch

from detector.detections import iou_matrix
from detector.heads import MAP_OUTPUT, STATES_OUTPUT, HeadClassifier
from models.errors import ModelError
from models.manifest import Colour, InputSpec, Manifest, Task
from streams.frame import ImageBGR
from training.head_calibration import KnownHeads, fit_temperature
from training.head_config import HeadRecipe
from training.head_examples import STATES, HeadPicture, Worn, read_pictures
from training.head_network import HeadNet
from training.manifest_file import sha256_of, write_manifest
from training.material import Material

OPSET = 18
LICENCE = "Apache-2.0"
MOST_BYTES = 2_000_000
"""The classifier must stay small: it ships inside the package."""

FAR_SCALES = (1.0, 0.5, 0.25)
"""Validation pictures are calibrated on at these sizes, the smaller ones compressed:
scores must hold for a camera on a pole, not for photographs alone."""

FAR_QUALITY = 50
SAME_HEAD_IOU = 0.2
LEAST_HEAD_PX = 14
"""Smaller heads are never claimed, so they teach nothing about claims."""

LEAST_CHANCE = 1e-9


def export_heads(
    net: HeadNet, recipe: HeadRecipe, material: Material, out: Path
) -> Path:
    """Write network and calibrated manifest into the folder `out`.

    Returns:
        The manifest's path.

    Raises:
        ModelError: The file is larger than `MOST_BYTES`.
        DatasetError: The validation pictures are missing or broken.
    """
    out.mkdir(parents=True, exist_ok=True)
    weights = out / f"{recipe.name}.onnx"
    write_head_onnx(net, recipe, weights)
    if weights.stat().st_size > MOST_BYTES:
        problem = f"has {weights.stat().st_size} bytes, at most {MOST_BYTES} ship"
        raise ModelError(weights, problem, "make the network smaller")
    manifest = Manifest(
        name=recipe.name,
        file=weights.name,
        sha256=sha256_of(weights),
        task=Task.HEAD,
        input=InputSpec(
            width=recipe.input_px,
            height=recipe.input_px,
            colour=Colour.BGR,
            scale=1.0,
        ),
        classes=tuple(state.value for state in STATES),
        head=recipe.thresholds,
        licence=LICENCE,
        data=tuple(f"{s.name} ({s.licence})" for s in recipe.train),
        seed=recipe.seed,
    )
    path = write_manifest(manifest, out / f"{recipe.name}.yaml")
    pictures = [p for s in recipe.validation for p in read_pictures(s, material)]
    temperature = fit_temperature(known_heads(HeadClassifier(path), pictures))
    return write_manifest(
        manifest.model_copy(update={"temperature": temperature}), path
    )


def known_heads(classifier: HeadClassifier, pictures: list[HeadPicture]) -> KnownHeads:
    """Logits of the heads of pictures, near and far, as the product finds them.

    Args:
        classifier: One with temperature 1.
        pictures: Held back from training.
    """
    logits: list[np.ndarray] = [np.zeros((0, len(STATES)))]
    is_helmet: list[bool] = []
    for picture in pictures:
        for scale in FAR_SCALES:
            image = seen_from_afar(picture.image, scale)
            boxes, helmets = _own_heads(classifier, image, picture, scale)
            if boxes:
                chances = classifier.probabilities(image, np.stack(boxes))
                logits.append(np.log(np.maximum(chances, LEAST_CHANCE)))
                is_helmet.extend(helmets)
    return KnownHeads(np.concatenate(logits), np.array(is_helmet, np.bool_))


def _own_heads(
    classifier: HeadClassifier, image: ImageBGR, picture: HeadPicture, scale: float
) -> tuple[list[np.ndarray], list[bool]]:
    """The heads found at this scale and whether a helmet is worn."""
    located = classifier.locate(image, picture.persons * np.float32(scale))
    boxes, helmets = [], []
    for box, row in zip(located, picture.owned, strict=True):
        if box is None or row is None:
            continue
        label = picture.heads[row] * np.float32(scale)
        is_small = label[3] - label[1] < LEAST_HEAD_PX
        if is_small or iou_matrix(box[None], label[None])[0, 0] < SAME_HEAD_IOU:
            continue
        boxes.append(box)
        helmets.append(picture.worn[row] is Worn.HELMET)
    return boxes, helmets


def seen_from_afar(image: ImageBGR, scale: float) -> ImageBGR:
    """Shrink and compress a picture; scale 1 leaves it as it is."""
    if scale == 1.0:
        return image
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    packed = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, FAR_QUALITY])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def write_head_onnx(net: HeadNet, recipe: HeadRecipe, path: Path) -> None:
    """Trace the network with a dynamic batch and write what a reader must know."""
    exporter_log = logging.getLogger("torch.onnx")
    level = exporter_log.level
    exporter_log.setLevel(logging.ERROR)
    side = recipe.input_px
    try:
        with warnings.catch_warnings():
            # the exporter's own calls into torch are deprecated in torch 2.13
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                net.eval().to(memory_format=torch.contiguous_format),
                (torch.zeros(2, 3, side, side),),
                dynamo=True,
                opset_version=OPSET,
                input_names=["images"],
                output_names=[STATES_OUTPUT, MAP_OUTPUT],
                dynamic_shapes=({0: torch.export.Dim("batch")},),
                verbose=False,
            )
    finally:
        exporter_log.setLevel(level)
    assert program is not None
    model = program.model_proto
    drop_notes(model)
    facts = {
        "name": recipe.name,
        "task": Task.HEAD.value,
        "names": json.dumps([state.value for state in STATES]),
        "licence": LICENCE,
        "seed": str(recipe.seed),
    }
    onnx.helper.set_model_props(model, facts)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def drop_notes(model: onnx.ModelProto) -> None:
    """Take the tracer's file names and call stacks out of a graph."""
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output):
        del value.metadata_props[:]
    for tensor in model.graph.initializer:
        del tensor.metadata_props[:]
    del model.graph.metadata_props[:]
