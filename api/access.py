"""Who may do what: every route names the right it needs, a gate answers with a person.

The gate of the service is `api/identity_gate.py`.
"""

from typing import Annotated, Protocol

from fastapi import Depends, Request

from identity.person import Person
from identity.right import Right


class Gate(Protocol):
    """Knows the caller of a request and what is theirs to do."""

    def admit(self, request: Request, right: Right) -> Person:
        """The caller, who has `right`.

        Raises:
            UnknownCallerError: Nobody known.
            RefusedError: The caller lacks `right`.
        """
        ...

    def still_admits(self, request: Request, caller: Person, right: Right) -> bool:
        """Whether the caller of an answer under way would be admitted as before.

        Asking is no use of the session: it runs out all the same.
        """
        ...


class Needs:
    """Dependency of a route: the caller, when the gate admits them."""

    def __init__(self, right: Right) -> None:
        self.right = right

    def __call__(self, request: Request) -> Person:
        """Ask the gate of the service.

        Raises:
            UnknownCallerError: Nobody known.
            RefusedError: The caller lacks the right.
        """
        gate: Gate = request.app.state.nonsite.services.gate
        person = gate.admit(request, self.right)
        request.state.caller = person.name
        return person


AnyCaller = Annotated[Person, Depends(Needs(Right.SELF))]
AlertReader = Annotated[Person, Depends(Needs(Right.READ_ALERTS))]
EvidenceReader = Annotated[Person, Depends(Needs(Right.READ_EVIDENCE))]
Exporter = Annotated[Person, Depends(Needs(Right.EXPORT))]
HoldKeeper = Annotated[Person, Depends(Needs(Right.HOLD))]
Confirmer = Annotated[Person, Depends(Needs(Right.CONFIRM))]
EventReader = Annotated[Person, Depends(Needs(Right.READ_EVENTS))]
CameraReader = Annotated[Person, Depends(Needs(Right.READ_CAMERAS))]
PictureReader = Annotated[Person, Depends(Needs(Right.READ_PICTURES))]
SiteReader = Annotated[Person, Depends(Needs(Right.READ_SITE))]
SiteEditor = Annotated[Person, Depends(Needs(Right.EDIT_SITE))]
ReviewReader = Annotated[Person, Depends(Needs(Right.READ_REVIEWS))]
ReviewWorker = Annotated[Person, Depends(Needs(Right.WORK_REVIEWS))]
Triager = Annotated[Person, Depends(Needs(Right.TRIAGE))]
Second = Annotated[Person, Depends(Needs(Right.SECOND))]
Acknowledger = Annotated[Person, Depends(Needs(Right.ACKNOWLEDGE))]
ShiftWorker = Annotated[Person, Depends(Needs(Right.SHIFT))]
ReportReader = Annotated[Person, Depends(Needs(Right.READ_REPORTS))]
Assigner = Annotated[Person, Depends(Needs(Right.ASSIGN_TASKS))]
TaskWorker = Annotated[Person, Depends(Needs(Right.WORK_TASKS))]
LeadSender = Annotated[Person, Depends(Needs(Right.SEND_LEADS))]
LeadReader = Annotated[Person, Depends(Needs(Right.READ_LEADS))]
PeopleAdmin = Annotated[Person, Depends(Needs(Right.MANAGE_PEOPLE))]
Auditor = Annotated[Person, Depends(Needs(Right.READ_AUDIT))]
CaseMaker = Annotated[Person, Depends(Needs(Right.CAPTURE))]
SystemAdmin = Annotated[Person, Depends(Needs(Right.MANAGE_SYSTEM))]
