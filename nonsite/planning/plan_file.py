"""The plan that `nonsite plan` leaves in the data folder, and what `run` reads of it.

Camera by camera, each with a digest of its section: a camera that was changed or added
since counts as the mean of those known, and the answer says how many do.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from base.errors import ConfigError
from nonsite.planning.capacity import USABLE_CORES, CameraCost
from sites.schema import Site

NAME = "plan.json"


class PlannedCamera(BaseModel):
    """One camera as it was measured."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    section: str = Field(description="SHA-256 of its section and the site's rules")
    cores: float = Field(gt=0, description="share of a core at rest")


class PlanFile(BaseModel):
    """What was measured on this machine."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    processor: str = Field(description="of the machine it was measured on")
    cameras: dict[str, PlannedCamera] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a site stands to a plan.

    Attributes:
        needed: Cores all its cameras take at rest.
        usable: Cores that may be planned.
        assumed: Cameras taken as the mean, not measured as they are now.
    """

    needed: float
    usable: float
    assumed: int

    @property
    def is_beyond(self) -> bool:
        """Whether the machine is too small."""
        return self.needed > self.usable


def write_plan(folder: Path, site: Site, costs: Sequence[CameraCost]) -> Path:
    """Keep what was measured; returns the file."""
    cameras = {
        str(cost.camera): PlannedCamera(
            section=_digest(site, str(cost.camera)), cores=cost.cores(cost.resting)
        )
        for cost in costs
    }
    plan = PlanFile(processor=processor(), cameras=cameras)
    path = folder / NAME
    draft = path.with_suffix(".draft")
    draft.write_text(plan.model_dump_json(indent=2) + "\n", encoding="utf-8")
    draft.replace(path)
    return path


def read_plan(folder: Path) -> PlanFile | None:
    """The plan of this machine; None where there is none, or it is of another one.

    Raises:
        ConfigError: The file is no plan.
    """
    path = folder / NAME
    try:
        plan = PlanFile.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError((f"{path}: {error.strerror}",)) from error
    except ValidationError as error:
        raise ConfigError((f"{path}: no plan; run `nonsite plan` anew",)) from error
    return plan if plan.processor == processor() else None


def standing(plan: PlanFile, site: Site, cores: int) -> Standing:
    """What a site asks for, as the plan knows it."""
    mean = sum(one.cores for one in plan.cameras.values()) / len(plan.cameras)
    known = {
        name: one.cores
        for name, one in plan.cameras.items()
        if name in site.cameras and one.section == _digest(site, name)
    }
    needed = sum(known.get(name, mean) for name in site.cameras)
    return Standing(needed, cores * USABLE_CORES, len(site.cameras) - len(known))


def processor() -> str:
    """What this machine computes with."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return f"{usable_cores()} × {line.partition(':')[2].strip()}"
    return f"{usable_cores()} × unnamed"


def usable_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0))


def _digest(site: Site, camera: str) -> str:
    section = site.cameras[camera].model_dump_json()
    rules = "".join(
        f"{code}{row.model_dump_json()}" for code, row in site.rules.items()
    )
    return hashlib.sha256((section + rules).encode()).hexdigest()
