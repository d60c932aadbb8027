"""`nonsite serve`: API and consumers only; workers run elsewhere."""

from nonsite.command_run import DATA, DataOption, HostOption, PortOption
from nonsite.parts import opened, redis_of
from nonsite.web import Web


def serve(
    host: HostOption = "127.0.0.1",
    port: PortOption = 8600,
    data: DataOption = DATA,
) -> None:
    """API and consumers only; workers run elsewhere."""
    with opened(data, "serve") as parts:
        web = Web(parts, redis_of(parts), (host, port), probes={})
        web.start()
        web.serve()
