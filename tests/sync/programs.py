"""Two made-up programs, alpha and beta, as folders that an adapter reads; and their documents."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from adapters.kit.adapter import Adapter, adapters

Document = tuple[str, bytes]
"""A file: its name and what it holds."""

ALPHA: Final = "example-alpha"
BETA: Final = "example-beta"
BUYER: Final = "wsr:example-alpha-buyer"
"""Signed alpha's agreement, and no other."""
BETAS_BUYER: Final = "wsr:example-beta-buyer"
BEGAN: Final = "2013-01-01"
"""First day of both programs' agreements."""
SCHEMES: Final = {ALPHA: "exa", BETA: "exb"}

_MANIFEST: Final = """
code = "{code}"
name = "Example Program {code}"
licence = "made up for tests"
example = true

[feeds.operator]
about = "the operator's template"
max_age_days = 100
rows = [1, 40]
"""
_WORDS: Final = (
    "track,state,effect,reason,liftedBy,since,until\n"
    "listing,listed,GOOD_STANDING,,,,\n"
    "listing,closed,CLOSED,,,,\n"
    "listing,left,NOT_IN_PROGRAM,LEFT,,,\n"
    "repair,on track,FINDINGS,,,,\n"
    "repair,behind,AT_RISK,,,,\n"
    "repair,noted,NO_EFFECT,,,,\n"
    "stage,barred,INELIGIBLE,SUSPENDED,cleared,,\n"
    "stage,cleared,NO_EFFECT,,,,\n"
    "stage,noted,NO_EFFECT,,,,\n"
    "stage,warned,AT_RISK,,,,2018-01-01\n"
)
RECORD: Final = {
    "programs.csv": "code,name,scheme\n{code},Example Program {code},{scheme}\n",
    "sources.csv": "reference,title\nX1,Example list\nX2,Example notice\n",
    "commodities.csv": (
        "reference,name,aliases,parent\n"
        "wsr:garments,Garments,clothes,\nwsr:jeans,Jeans,,wsr:garments\n"
    ),
    "state_rules.csv": _WORDS,
    "organizations.csv": (
        "reference,name,roles,country\nwsr:{code}-buyer,Buyer of {code},BUYER,SE\n"
    ),
    "agreements.csv": (
        "reference,name,inForceFrom,term\nwsr:{code}-1,Agreement of {code},2013-01-01,OPEN\n"
    ),
    "clauses.csv": (
        "agreement,duty,text,products\n"
        "wsr:{code}-1,TERMINATE_INELIGIBLE,end business with the barred,garments\n"
    ),
    "signatures.csv": ("organization,agreement,since\nwsr:{code}-buyer,wsr:{code}-1,2013-05-01\n"),
}
"""A record as its tables; `{code}` and `{scheme}` are the program's."""


def folders(
    parent: Path, schemes: Mapping[str, str] = SCHEMES, /, **changes: str
) -> dict[str, Adapter]:
    """Write programs' folders into a directory and return their adapters.

    Args:
        parent: The directory.
        schemes: The programs, each with the scheme of its references.
        changes: Whole tables of alpha's record that are otherwise, by name; empty: left out.
            `manifest` is added to the end of its `program.toml`.
    """
    for code, scheme in schemes.items():
        mine = changes if code == ALPHA else {}
        folder = parent / code.replace("-", "_")
        (folder / "record").mkdir(parents=True, exist_ok=True)
        manifest = _MANIFEST.format(code=code) + mine.get("manifest", "")
        (folder / "program.toml").write_text(manifest, encoding="utf-8")
        tables = {name.partition(".")[0]: text for name, text in RECORD.items()} | mine
        tables.pop("manifest", None)
        for name, text in tables.items():
            path = folder / "record" / f"{name}.csv"
            path.unlink(missing_ok=True)
            if text:
                told = text.replace("{code}", code).replace("{scheme}", scheme)
                path.write_text(told, encoding="utf-8")
    return adapters({parent: "tests.sync.nowhere"})


def table(name: str, rows: Iterable[Mapping[str, object]]) -> Document:
    """Return rows as a CSV file with all the columns that any of them has."""
    listed = list(rows)
    columns = list(dict.fromkeys(name for row in listed for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(listed)
    return f"{name}.csv", text.getvalue().encode()


def standings(*told: str, **columns: str) -> Document:
    """Return a table of standings, each told as `exa:1 on_track 2020-01-01`."""
    rows = (
        {"subject": subject, "state": state.replace("_", " "), "since": since, **columns}
        for subject, state, since in (each.split() for each in told)
    )
    return table("standings", rows)


NO_STANDINGS: Final = ("standings.csv", b"subject,state,since\n")
"""A table of standings without rows."""


def sites(*references: str, **columns: str) -> Document:
    """Return a table of worksites in Bangladesh."""
    rows = (
        {"reference": each, "name": f"Example Site {each}", "country": "BD", **columns}
        for each in references
    )
    return table("worksites", rows)
