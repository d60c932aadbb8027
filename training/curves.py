"""The course of a run as a picture.

In: the history of a run. Out: one PNG: loss and its parts, and the validation figures.
"""

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from training.history import EpochRecord


def draw_curves(history: list[EpochRecord], path: Path) -> None:
    """Draw a history; an empty one gives empty axes."""
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    epochs = [record.epoch for record in history]
    for part in ("loss", "box", "objectness", "classes", "distilled"):
        left.plot(epochs, [getattr(record, part) for record in history], label=part)
    left.set(xlabel="epoch", title="loss")
    left.legend()
    for name in history[0].figures if history else ():
        right.plot(epochs, [record.figures[name] for record in history], label=name)
    right.set(xlabel="epoch", title="validation AP50", ylim=(0, 1))
    if history:
        right.legend()
    figure.savefig(path, dpi=100)
