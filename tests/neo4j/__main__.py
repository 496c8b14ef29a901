"""`make neo4j`: a Neo4j for development, in the foreground, its data kept in .cache/neo4j/data."""

import signal
import sys
from contextlib import suppress
from typing import Final

from tests.neo4j.server import CACHE, Server, lacking

PORT: Final = 7687
_HOW: Final = f"""\
Neo4j answers at neo4j://127.0.0.1:{PORT}, without a password. In another shell:
  make run HUB_STORE=neo4j://127.0.0.1:{PORT}
Control-C ends it; its data stay in .cache/neo4j/data.
"""


def main() -> int:
    """Serve until interrupted."""
    why = lacking()
    if why:
        sys.stderr.write(f"cannot start Neo4j: {why}\n")
        return 1
    server = Server(data=CACHE, port=PORT, heap="512m", quick=False)
    with suppress(KeyboardInterrupt):
        server.start()
        sys.stdout.write(_HOW)
        sys.stdout.flush()
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
