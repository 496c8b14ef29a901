"""Packages from outside that bring adapters, as an installer leaves them: found by entry point."""

from pathlib import Path
from typing import Final

_ENTRY_POINTS: Final = "[wsr_hub.adapters]\n{package} = {package}\n"
_METADATA: Final = "Metadata-Version: 2.1\nName: {package}\nVersion: 1\n"


def install(site: Path, package: str) -> Path:
    """Write an empty package of adapters into a folder of packages; return where adapters go."""
    about = site / f"{package}-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(_METADATA.format(package=package), "utf-8")
    (about / "entry_points.txt").write_text(_ENTRY_POINTS.format(package=package), "utf-8")
    (site / package).mkdir()
    (site / package / "__init__.py").touch()
    return site / package
