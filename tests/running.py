"""Running the tests: `python -m tests.running test` with its gates, or `drill`.

`test` runs everything but the drills, measures which branches are taken, and fails where a package
falls short. `drill` runs the long fault and scale tests. Neither passes over the Neo4j store in
silence: without one a loud line says what was not tested, and with CI=true that is a failure.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.neo4j.server import fetched, given, lacking

ROOT: Final = Path(__file__).parents[1]
NO_TESTS: Final = 5
"""Exit code of pytest where nothing is collected."""
OLDEST_JAVA: Final = 17
EVERY_BRANCH: Final = ("hub/eligibility", "hub/sync")
"""Packages in which every branch is taken."""
ENOUGH: Final = 90.0
"""Percent of lines and branches taken in each of the others, and in all together."""
NEO4J: Final = "hub/store/neo4j"


@dataclass(frozen=True, slots=True)
class Taken:
    """How much of a package the tests take.

    Attributes:
        lines: Lines taken, and lines there are.
        branches: Branches taken, and branches there are.
    """

    package: str
    lines: tuple[int, int]
    branches: tuple[int, int]

    @property
    def percent(self) -> float:
        """Share of lines and branches taken."""
        every = self.lines[1] + self.branches[1]
        return 100.0 * (self.lines[0] + self.branches[0]) / every if every else 100.0

    @property
    def wanted(self) -> float:
        """Share that must be taken."""
        return 100.0 if self.package in EVERY_BRANCH else ENOUGH


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for; return the exit code."""
    runs: Mapping[str, Callable[[], int]] = {"test": test, "drill": drill}
    if len(arguments) != 1 or arguments[0] not in runs:
        _say("usage: python -m tests.running test|drill")
        return 2
    return runs[arguments[0]]()


def test() -> int:
    """Run all tests but the drills; return 0 where they pass and the gates hold."""
    without = without_neo4j()
    with TemporaryDirectory(prefix="hub-coverage-") as folder:
        kept = {"COVERAGE_FILE": str(Path(folder) / "data")}
        code = _python(
            "-m", "coverage", "run", "-m", "pytest", "-m", "not drill", *_side_by_side(), more=kept
        )
        report = Path(folder) / "report.json"
        _python("-m", "coverage", "combine", "--quiet", more=kept)
        _python("-m", "coverage", "json", "--quiet", "-o", str(report), more=kept)
        found = json.loads(report.read_bytes())
    short = list(falling_short(found["files"], without=without is not None))
    for line in short:
        _say(line)
    return code or int(bool(short)) or _told(without)


def _side_by_side() -> Sequence[str]:
    """Return how tests are run on two cores, each with a Neo4j of its own.

    A server that somebody names is one for all, and tests empty it: there they run in turn.
    """
    if given() is not None:
        return ()
    if lacking() is None:
        fetched()
    return ("-n", "2", "--dist", "loadfile")


def drill() -> int:
    """Run the drills; return 0 where they pass, or there are none."""
    code = _python("-m", "pytest", "-m", "drill")
    return (0 if code == NO_TESTS else code) or _told(without_neo4j())


def falling_short(files: Mapping[str, Any], *, without: bool) -> Iterator[str]:
    """Yield a line for each package of which the tests take too little.

    Args:
        files: What coverage says of each file.
        without: Whether there was no Neo4j; its store is not asked for then.
    """
    found = packages(files)
    for each in found:
        if each.percent < each.wanted and not (without and each.package == NEO4J):
            (lines, of_lines), (branches, of_branches) = each.lines, each.branches
            yield (
                f"{each.package} falls short: {each.percent:.1f} % taken, {each.wanted:.0f} % "
                f"wanted ({of_lines - lines} lines and {of_branches - branches} branches missing)"
            )
            for path, file in files.items():
                missing = [*file["missing_lines"], *file["missing_branches"]]
                if _package(path) == each.package and missing and each.wanted > ENOUGH:
                    yield f"  {path}: {', '.join(map(str, missing))}"


def packages(files: Mapping[str, Any]) -> list[Taken]:
    """Return how much of each package is taken, and of all together."""
    sums: dict[str, list[int]] = {}
    for path, each in files.items():
        for name in (_package(path), "all together"):
            counted = sums.setdefault(name, [0, 0, 0, 0])
            for at, key in enumerate(_KEYS):
                counted[at] += each["summary"][key]
    return [Taken(name, (c[0], c[1]), (c[2], c[3])) for name, c in sorted(sums.items())]


_KEYS: Final = ("covered_lines", "num_statements", "covered_branches", "num_branches")


def _package(path: str) -> str:
    """Return the package that a file is counted with: each of the hub's, and each store, alone."""
    parts = PurePosixPath(path).parts[:-1]
    depth = 3 if parts[:2] == ("hub", "store") else 2 if parts[0] == "hub" else 1
    return "/".join(parts[:depth])


def without_neo4j() -> str | None:
    """Return why the Neo4j store cannot be tested here; none where it can."""
    if given() is not None:
        return None
    return lacking() or _old_java()


def _old_java() -> str | None:
    java = shutil.which("java")
    if java is None:
        return "there is no java here"
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    found = re.search(r'version "(\d+)', said.stderr)
    if found is None or int(found[1]) < OLDEST_JAVA:
        return f"java is older than {OLDEST_JAVA}"
    return None


def _told(without: str | None) -> int:
    """Say loudly that the Neo4j store was not tested; on a build server that is a failure."""
    if without is None:
        return 0
    _say(f"!!!!! THE NEO4J STORE WAS NOT TESTED: {without}; or name a server in HUB_TEST_NEO4J")
    return int(os.environ.get("CI") == "true")


def _python(*arguments: str, more: Mapping[str, str] | None = None) -> int:
    """Run Python in the project's folder, without settings that belong to somebody's hub."""
    kept = {"HUB_TEST_NEO4J"}
    if given() is not None:
        kept |= {"HUB_NEO4J_USER", "HUB_NEO4J_PASSWORD"}
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HUB_") or name in kept
    }
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env={**plain, **(more or {})}, check=False)  # noqa: S603 - our own command
    return done.returncode


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
