"""A field is declared in `graph_schema` alone and appears in the API, templates, formats and docs.

That the stores keep it is shown beside them, in `tests/store/test_vocabulary.py`.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
FIELD: Final = '''    storeys: int | None = None
    """Storeys of the building, as published."""
'''
SCRIPT: Final = """
import json
from adapters.kit import template
from docs.generated import dictionary
from graph_schema.exchange import Line
from graph_schema.parties import Worksite
from hub.graphql.schema import schema

def site(**more):
    worksite = {"reference": "exa:1", "name": "Site", **more}
    return Line.model_validate({"program": "example-alpha", "worksite": worksite})

table = b"reference,name,storeys\\nexa:1,Site,9\\n"
[row] = template.parse("example-alpha", table, name="worksites.csv").lines
print(json.dumps({
    "api": "storeys: Int" in str(schema),
    "exchange": site(storeys=9).unfolded()["worksite"],
    "template": "storeys" in template.columns(Worksite),
    "row": row.fact.storeys,
    "dictionary": "Storeys of the building, as published." in dictionary(),
}))
"""


def test_a_field_added_to_a_model_appears_everywhere(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for package in ("graph_schema", "hub", "adapters", "docs"):
        ignored = shutil.ignore_patterns("__pycache__", "explorer_files", "node_modules")
        shutil.copytree(ROOT / package, tree / package, ignore=ignored)
    path = tree / "graph_schema" / "parties.py"
    text = path.read_text(encoding="utf-8")
    marker = "    closed_on: PartialDate | None = None\n"
    assert text.count(marker) == 1
    path.write_text(text.replace(marker, FIELD + marker), encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", SCRIPT],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "api": True,
        "exchange": {"reference": "exa:1", "name": "Site", "storeys": 9},
        "template": True,
        "row": 9,
        "dictionary": True,
    }
