"""The one exception tree of the project.

::

    NonsiteError                     everything we raise on purpose
    ├── ConfigError                  a setting or site file is wrong; names the key
    ├── FeedError                    streams/errors.py: a feed failed, with a FeedFault
    ├── ClipError                    streams/errors.py: a clip failed, with a ClipFault
    ├── ModelError                   models/errors.py: weights or manifest are unusable
    ├── RuleError                    rules/errors.py: a catalogue or rule is malformed
    ├── StoreError                   alerts/errors.py: Redis, SQL or evidence failed
    │   ├── StoreUnavailableError    try again later; nothing was lost
    │   └── NotFoundError            no such alert, file, camera, revision
    └── StoppedError                 the process is ending; unwinds a wait

A library's exception is translated in the folder that owns the library, with
`raise ... from`, and any address in it passes through `base.redact`.
"""


class NonsiteError(Exception):
    """Base of every error the project raises on purpose; the text is for people."""


class ConfigError(NonsiteError):
    """A setting or a site file is wrong.

    Attributes:
        problems: One line each, `key.path: what is wrong`, in file order.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class StoppedError(NonsiteError):
    """The process is stopping; whoever waits unwinds."""
