"""What a person sees while a network trains."""

from typing import Protocol


class Progress(Protocol):
    """Told how a run goes."""

    def note(self, text: str) -> None:
        """Take one line about the preparation."""

    def step_done(self, step: int, steps: int, loss_sum: float) -> None:
        """Take the number of steps done in this epoch and the sum of their losses."""

    def epoch_done(self, epoch: int, loss: float, figures: dict[str, float]) -> None:
        """Take an epoch's mean loss and validation figures."""
