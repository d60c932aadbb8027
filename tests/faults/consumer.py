"""A consumer as a process of its own. Arguments: Redis address, database address."""

import sys
import time

from alerts.consumers import Consumers
from alerts.database import open_database
from alerts.redis_client import open_redis
from tests.alerts.path_rig import SHARDS, parts_of


def main() -> None:
    """Store until killed."""
    parts = parts_of(open_redis(sys.argv[1]), open_database(sys.argv[2]))
    Consumers(SHARDS, parts).start()
    print("started", flush=True)  # noqa: T201
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
