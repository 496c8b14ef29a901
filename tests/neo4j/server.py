"""A Neo4j of our own: fetched by Maven once, run by Java, gone when the test is over."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from tempfile import mkdtemp
from threading import Timer
from types import TracebackType
from typing import Final, LiteralString, Self

from neo4j import GraphDatabase

from tests.fetching import once

ROOT: Final = Path(__file__).parents[2]
CACHE: Final = ROOT / ".cache" / "neo4j"
JARS: Final = CACHE / "lib"
HERE: Final = Path(__file__).parent
USER: Final = "neo4j"
FIRST_PASSWORD: Final = "neo4j"  # noqa: S105 - what every new Neo4j begins with
_BOOT: Final = 180
"""Seconds that a server may take to start, on a busy machine."""
_OPENED: Final = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
_EMPTY: Final[tuple[LiteralString, ...]] = (
    # Relationships first: a program's node has more of them than fit into one transaction.
    "MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS",
    "MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF 10000 ROWS",
)


class Address:
    """Where a server is, and how to be let in; tests may empty its database."""

    def __init__(self, url: str, user: str = USER, password: str | None = None) -> None:
        self.url = url
        self.user = user
        self.password = password

    @property
    def auth(self) -> tuple[str, str] | None:
        """User and password as the driver takes them."""
        return None if self.password is None else (self.user, self.password)

    def empty(self) -> None:
        """Leave no node and no relationship; indexes stay."""
        with (
            GraphDatabase.driver(self.url, auth=self.auth) as driver,
            driver.session(database="neo4j") as session,
        ):
            for text in _EMPTY:
                session.run(text).consume()


class Server(Address):
    """A server in a process of its own, with a fresh folder unless one is given."""

    def __init__(
        self,
        *,
        data: Path | None = None,
        port: int = 0,
        password: str | None = None,
        heap: str = "384m",
        quick: bool = True,
        sized: bool = True,
    ) -> None:
        """Prepare one.

        Args:
            data: Its folder; none: a fresh one, which goes with it.
            port: Where it listens; 0: anywhere.
            password: What it lets in; none: everybody.
            heap: Its memory.
            quick: Whether it is up soon, rather than fast once it has run for long.
            sized: Whether it plans a text anew for lists of another order of length, as it does
                where nobody says otherwise.
        """
        self._port = port or _free_port()
        super().__init__(f"bolt://127.0.0.1:{self._port}", password=password)
        self._folder = data
        self._heap = heap
        self._quick = quick
        self._sized = sized
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        if self._folder is None:
            CACHE.mkdir(parents=True, exist_ok=True)
            self._folder = Path(mkdtemp(prefix="test-", dir=CACHE))
        self.start()
        if self.password is not None:
            self._set_password(self.password)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        if self._folder is not None and self._folder.name.startswith("test-"):
            shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start it, and wait until it answers.

        Raises:
            RuntimeError: It does not start.
        """
        folder = self._folder or CACHE
        folder.mkdir(parents=True, exist_ok=True)
        settings = folder / "neo4j.conf"
        settings.write_text(self._settings(), encoding="utf-8")
        with (folder / "java.log").open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                self._command(folder / "data", settings),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        limit = Timer(_BOOT, self._process.kill)
        limit.start()
        said = self._process.stdout.readline() if self._process.stdout else ""
        limit.cancel()
        if said.strip() != "serving":
            self.kill()
            msg = f"Neo4j does not start; {folder / 'java.log'} says why"
            raise RuntimeError(msg)

    def kill(self) -> None:
        """End it at once, as a power cut does; its folder stays."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def stop(self) -> None:
        """End it in order, which takes some seconds."""
        if self._process is not None:
            self._process.terminate()
            self._process.communicate()
            self._process = None

    def restart(self) -> None:
        """End it at once and start it on the same folder and port."""
        self.kill()
        self.start()

    def freeze(self) -> None:
        """Let it answer nothing while its connections stay open: all its threads have stopped."""
        self._signal(signal.SIGSTOP)
        if self._process is not None:
            os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _command(self, data: Path, settings: Path) -> list[str]:
        # Compiled quickly and once, a server is up sooner and leaves the test its second core.
        quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"] if self._quick else []
        return [
            "java",
            f"-Xms{self._heap}",
            f"-Xmx{self._heap}",
            *quick,
            *(f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in _OPENED),
            "-cp",
            f"{fetched()}/*",
            str(HERE / "Serve.java"),
            str(data),
            str(settings),
            str(self._port),
        ]

    def _settings(self) -> str:
        return (
            f"dbms.security.auth_enabled={str(self.password is not None).lower()}\n"
            "server.memory.pagecache.size=64m\n"
            "db.tx_log.rotation.retention_policy=keep_none\n"
            "dbms.usage_report.enabled=false\n"
            "dbms.cypher.min_replan_interval=1h\n"
            # To plan takes far longer than to answer, of as little as tests have.
            "server.memory.query_cache.per_db_cache_num_entries=5000\n"
            f"internal.cypher.use_parameter_size={str(self._sized).lower()}\n"
        )

    def _set_password(self, password: str) -> None:
        with (
            GraphDatabase.driver(self.url, auth=(USER, FIRST_PASSWORD)) as driver,
            driver.session(database="system") as session,
        ):
            session.run(
                "ALTER CURRENT USER SET PASSWORD FROM $first TO $password",
                first=FIRST_PASSWORD,
                password=password,
            ).consume()


def lacking() -> str | None:
    """Return why no server can be started here; none where one can."""
    tools = ["java"] if JARS.exists() else ["java", "mvn"]
    missing = [tool for tool in tools if shutil.which(tool) is None]
    return f"there is no {' and no '.join(missing)} here" if missing else None


def given() -> Address | None:
    """Return the server that HUB_TEST_NEO4J names; its database is emptied by the tests."""
    url = os.environ.get("HUB_TEST_NEO4J")
    if not url:
        return None
    user = os.environ.get("HUB_NEO4J_USER", USER)
    return Address(url, user, os.environ.get("HUB_NEO4J_PASSWORD"))


def fetched() -> Path:
    """Return the folder of Neo4j's jars, fetched by Maven where they are not there yet."""

    def fetch(folder: Path) -> None:
        copy = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
        where = ["-DincludeScope=runtime", f"-DoutputDirectory={folder}"]
        subprocess.run([*copy, *where], check=True)  # noqa: S603 - our own command

    return once(JARS, fetch)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
