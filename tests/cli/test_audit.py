"""`hub audit`: what it prints, and its exit code, of a log that holds and of one that does not."""

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from tests.cli.commands import done, ended, hub, refused
from tests.cli.worlds import BUYER, ndjson, said

pytestmark = pytest.mark.usefixtures("store")
TODAY: Final = r"\d{4}-\d\d-\d\d"


def change(store: Path, text: str) -> None:
    """Change the store past the hub."""
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.executescript(
            f"DROP TRIGGER audit_stays_UPDATE; DROP TRIGGER audit_stays_DELETE; {text}"
        )


def test_a_log_that_holds_is_told_in_one_line() -> None:
    done("clients", "add", "A brand", "--organization", BUYER)
    out = done("audit", "verify").out
    assert re.fullmatch(rf"✓ 2 rows, head [0-9a-f]{{64}}, since {TODAY}\n", out)


def test_a_store_without_a_row_holds(folder: Path) -> None:
    store = f"sqlite:///{folder}/empty.db"
    facts = said("alpha", "organization", reference="alpha:m", name="Example Menders")
    assert hub("import", ndjson(folder / "bad.ndjson", [facts]), "--store", store).code == 2
    assert done("audit", "verify", "--store", store).out == "✓ 0 rows\n"
    assert "nothing was written" in refused("audit", "head", "--store", store)


def test_a_row_that_was_changed_is_named(store: Path) -> None:
    done("clients", "add", "A brand", "--organization", BUYER)
    change(store, "UPDATE audit SET text = replace(text, 'shell', 'hub') WHERE seq = 2;")
    found = hub("audit", "verify")
    assert (found.code, found.out.splitlines()[0].startswith("✗ row 2: it does not read")) == (
        3, True,
    )  # fmt: skip
    assert "compare it with a backup" in found.err


def test_what_is_found_is_told_up_to_a_bound(store: Path) -> None:
    for _ in range(25):
        done("clients", "add", "A reader")
    change(store, "UPDATE audit SET hash = '';")
    found = hub("audit", "verify")
    lines = found.out.splitlines()
    assert (found.code, len(lines)) == (3, 21)
    assert re.fullmatch(r"… and \d+ more", lines[-1])


def test_an_exported_head_shows_what_was_cut_off(store: Path, folder: Path) -> None:
    done("clients", "add", "A reader")
    told = done("audit", "head", "head.json")
    assert re.fullmatch(rf"row 3 of {TODAY}, hash [0-9a-f]{{64}}\n", told.err)
    assert (told.out, sorted(orjson.loads((folder / "head.json").read_bytes()))) == (
        "", ["head", "key"],
    )  # fmt: skip
    printed = done("audit", "head")
    assert printed.err == told.err
    (folder / "printed.json").write_text(printed.out, "utf-8")
    assert done("audit", "verify", "--head", "head.json", "--head", "printed.json").code == 0
    change(
        store,
        "DELETE FROM audit WHERE seq = 3; "
        "UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit WHERE seq = 2);",
    )
    assert done("audit", "verify").out.startswith("✓ 2 rows")
    found = hub("audit", "verify", "--head", "head.json")
    assert (found.code, found.out) == (
        3, "✗ row 3: head.json shows it, and the log ends at row 2: its end was cut off\n",
    )  # fmt: skip


def test_a_head_of_before_a_rotation_is_good_after_it() -> None:
    done("clients", "add", "A reader")
    done("audit", "head", "old.json")
    assert "signs the heads of the audit log" in done("keys", "rotate").out
    done("audit", "head", "new.json")
    assert done("audit", "verify", "--head", "old.json", "--head", "new.json").code == 0


BAD: Final[Mapping[str, bytes]] = {
    "empty": b"", "no JSON": b"{", "a list": b"[]", "nothing": b"{}", "a number": b"1",
    "no key": b'{"head":"x.y.z"}', "no head": b'{"head":"x.y.z","key":{"kty":"EC"}}',
}  # fmt: skip


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_file_that_is_no_head_is_refused(folder: Path, text: bytes) -> None:
    (folder / "head.json").write_bytes(text)
    assert "no head that `hub audit head` wrote" in refused(
        "audit", "verify", "--head", "head.json"
    )


def test_a_head_that_was_changed_is_refused(folder: Path) -> None:
    done("audit", "head", "head.json")
    path = folder / "head.json"
    told: dict[str, Any] = orjson.loads(path.read_bytes())
    header, _, signature = told["head"].split(".")
    claims = "eyJzZXEiOjF9"  # {"seq":1}
    path.write_bytes(orjson.dumps({**told, "head": f"{header}.{claims}.{signature}"}))
    assert "it was changed since" in refused("audit", "verify", "--head", "head.json")
    assert "cannot read no.json" in refused("audit", "verify", "--head", "no.json")
    assert "cannot write" in refused("audit", "head", "no/folder.json")


def test_without_the_secret_of_the_hub_the_keys_are_not_trusted(folder: Path) -> None:
    secret = {"HUB_KEYS_SECRET": "example of a secret, long enough to seal"}
    assert ended("audit", "head", "head.json", folder=folder, variables=secret).code == 0
    assert ended("audit", "verify", folder=folder, variables=secret).code == 0
    found = hub("audit", "verify")
    assert (found.code, found.out[:45]) == (3, "✗ audit key 1: HUB_KEYS_SECRET does not open ")
    assert done("audit", "verify", "--head", "head.json").code == 0
