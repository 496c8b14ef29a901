"""What tests fetch from elsewhere: once, and kept for all who need the same."""

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp


def once(kept: Path, fetch: Callable[[Path], None]) -> Path:
    """Return a folder, which is filled where it is not there yet.

    Args:
        kept: The folder.
        fetch: Fills a new one beside it, which takes its place whole.
    """
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix="fetching-", dir=kept.parent))
        fetch(folder)
        try:
            folder.rename(kept)
        except OSError:  # somebody else was quicker
            shutil.rmtree(folder)
    return kept
