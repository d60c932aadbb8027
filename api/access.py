"""Who may do what: every route names the right it needs, a gate answers.

Until identity exists the gate admits everyone, because only this machine can reach the
service (`api/hosts.py`). Identity brings another gate and no route changes.
"""

from enum import StrEnum
from typing import Protocol

from fastapi import Request


class Right(StrEnum):
    """What a route lets its caller do."""

    READ_ALERTS = "alerts.read"
    READ_EVIDENCE = "evidence.read"
    READ_CAMERAS = "cameras.read"
    READ_PICTURES = "pictures.read"
    READ_SITE = "site.read"


class Gate(Protocol):
    """Knows the caller of a request and what is theirs to do."""

    def admit(self, request: Request, right: Right) -> None:
        """Let the request pass.

        Raises:
            RefusedError: The caller lacks `right`.
        """
        ...


class LoopbackGate:
    """Admits whoever reached the service: that is this machine, and nobody else."""

    def admit(self, request: Request, right: Right) -> None:
        """Always."""


class Needs:
    """Dependency of a route: passes when the gate admits its caller."""

    def __init__(self, right: Right) -> None:
        self.right = right

    def __call__(self, request: Request) -> None:
        """Ask the gate of the service.

        Raises:
            RefusedError: The caller lacks the right.
        """
        gate: Gate = request.app.state.nonsite.services.gate
        gate.admit(request, self.right)
