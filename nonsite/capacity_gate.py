"""What `nonsite run` says of a site that `nonsite plan` found no room for."""

from enum import StrEnum

from base.errors import ConfigError
from nonsite.parts import Parts
from nonsite.planning.plan_file import read_plan, standing, usable_cores
from sites.schema import Site


class Beyond(StrEnum):
    """What is done about a site beyond the plan."""

    WARN = "warn"
    REFUSE = "refuse"


def check_capacity(parts: Parts, site: Site, beyond: Beyond) -> None:
    """Tell how a site stands to the plan of this machine; silent without one.

    Raises:
        ConfigError: It is beyond the plan, and that is to be refused; or the plan
            cannot be read.
    """
    plan = read_plan(parts.data.root)
    if plan is None:
        return
    found = standing(plan, site, usable_cores())
    guessed = f", {found.assumed} of them not measured" if found.assumed else ""
    told = (
        f"{len(site.cameras)} cameras take {found.needed:.2f} of "
        f"{found.usable:.2f} usable cores{guessed}"
    )
    if not found.is_beyond:
        parts.done("capacity", told)
        return
    if beyond is Beyond.REFUSE:
        raise ConfigError((f"beyond the plan: {told}; measure anew: nonsite plan",))
    words = "looks will be missed, cameras of low priority first"
    parts.console.print(f"[yellow]![/] beyond the plan: {told}; {words}")
