"""`python -m tests.docs refresh`: show in every page what the hub answers now."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from docs import generated
from tests.docs import notebook, questions
from tests.docs.examples import told
from tests.docs.pages import name, pages
from tests.docs.worlds import filled, shell


def refresh() -> None:
    """Write the generated parts and the outputs of all pages anew; say which pages changed."""
    for path, text in generated.parts():
        _write(path, text)
    with TemporaryDirectory() as folder:
        store = filled(Path(folder) / "hub.db")
        for page in pages():
            with shell(store) as opened:
                _write(page, told(page, opened))
        printed = asyncio.run(questions.asked(store, questions.prepared(Path(folder) / "asking")))
        for page in questions.PAGES:
            _write(page, questions.told(page, printed))
        _write(notebook.NOTEBOOK, asyncio.run(notebook.told(store, Path(folder))))


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{name(path)} changed; look at the difference\n")


if __name__ == "__main__":
    if sys.argv[1:] != ["refresh"]:
        sys.exit("usage: python -m tests.docs refresh")
    refresh()
