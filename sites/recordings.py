"""Recordings named in a site, wherever its file lay."""

from pathlib import Path

from base.errors import ConfigError
from sites.schema import Site
from streams.settings import FileFeed


def with_absolute_paths(site: Site, base_dir: Path) -> Site:
    """The same site with recordings, pictures and inputs named by absolute path.

    A revision outlives the file it was imported from, so that its paths must not hang
    on where that file lay.

    Raises:
        ConfigError: A recording, reference picture or input is not there.
    """
    cameras, problems = {}, []
    for name, section in site.cameras.items():
        feed = section.feed
        if isinstance(feed, FileFeed):
            path = (base_dir / feed.path).resolve()
            if not path.is_file():
                problems.append(f"cameras.{name}.feed.path: no such file {path}")
            feed = feed.model_copy(update={"path": path})
        views = {}
        for view_name, view in section.views.items():
            picture = view.reference
            if picture is not None:
                picture = (base_dir / picture).resolve()
                if not picture.is_file():
                    where = f"cameras.{name}.views.{view_name}.reference"
                    problems.append(f"{where}: no such file {picture}")
            views[view_name] = view.model_copy(update={"reference": picture})
        cameras[name] = section.model_copy(update={"feed": feed, "views": views})
    inputs = {}
    for key, file in site.inputs.files().items():
        path = (base_dir / file.path).resolve()
        if not path.is_file():
            problems.append(f"inputs.{key}.path: no such file {path}")
        inputs[key] = file.model_copy(update={"path": path})
    if problems:
        raise ConfigError(tuple(problems))
    told = site.inputs.model_copy(update=inputs)
    return site.model_copy(update={"cameras": cameras, "inputs": told})
