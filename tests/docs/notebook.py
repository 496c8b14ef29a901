"""The notebook: run from its beginning, by a kernel of its own, against a hub that listens."""

import json
from pathlib import Path
from typing import Any, Final

from tests.docs.pages import DOCS
from tests.docs.shell import stable
from tests.outside import listening, printed

NOTEBOOK: Final = DOCS / "notebook.ipynb"
_RUN: Final = "run.ipynb"
_SHOWN: Final = ("text/html", "text/plain")
_ABOUT: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
"""What is said of the notebook itself: nothing of where it was run."""


async def told(store: Path, folder: Path) -> str:
    """Return the notebook as it would be if every output in it were the one of now."""
    async with listening(store) as url:
        await printed(folder, "jupyter-execute", f"--output={folder / _RUN}", NOTEBOOK, HUB=url)
    notebook: Any = json.loads((folder / _RUN).read_text(encoding="utf-8"))
    notebook["metadata"] = _ABOUT
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(cells, start=1):
        cell["metadata"] = {}
        cell["execution_count"] = number
        cell["outputs"] = [_output(each) for each in cell["outputs"]]
    return f"{json.dumps(notebook, indent=1, ensure_ascii=False)}\n"


def _output(output: Any) -> Any:  # noqa: ANN401 - JSON
    """Return an output without what differs from run to run."""
    if output["output_type"] == "stream":
        return {**output, "text": _lines(output["text"])}
    data = {form: _lines(text) for form, text in output["data"].items() if form in _SHOWN}
    return {**output, "data": data, "metadata": {}}


def _lines(text: str | list[str]) -> list[str]:
    """Return a text as notebooks hold it: a list of lines, so that differences can be read."""
    return stable("".join(text)).splitlines(keepends=True)
