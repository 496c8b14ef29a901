"""`hub doctor`: settings, store, keys, clock, feeds and adapters, each with what to do about it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from hub.cli import sync
from tests.cli.commands import done, hub
from tests.cli.outside import install
from tests.cli.worlds import lines, ndjson
from tests.sync.programs import ALPHA, folders, sites
from tests.sync.shelf import FEEDS, HOST, Shelf


def checks(out: str) -> list[str]:
    """Return what is checked, line by line, each with whether it is well."""
    return [line.partition(":")[0] for line in out.splitlines()]


def ill(*options: str) -> Sequence[str]:
    """Return what a doctor who finds something wrong says is wrong."""
    found = hub("doctor", *options)
    assert found.code == 2, found
    assert not found.err
    return [each.removeprefix("✗ ") for each in found.out.splitlines() if each.startswith("✗")]


def change(store: Path, statement: str, *values: object) -> None:
    """Change a store behind the hub's back."""
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute(statement, values)


@pytest.mark.usefixtures("store")
def test_all_is_well() -> None:
    found = done("doctor")
    assert checks(found.out) == ["✓ settings", "✓ store", "✓ keys", "✓ clock", "✓ adapters"]
    settings, store, *_, adapters = found.out.splitlines()
    assert settings == "✓ settings: dev, store sqlite:///hub.db"
    assert store.startswith("✓ store: it answers; revision 1 of 20")
    assert "bangladesh-accord" in adapters
    assert not found.err


def test_an_empty_store_is_well_and_told_how_to_fill(folder: Path) -> None:
    done("import", ndjson(folder / "facts.ndjson", lines()), "--dry-run")
    found = done("doctor")
    assert (
        "✓ store: it answers and is empty; fill it with `hub serve --demo` or `hub sync --all`"
        in (found.out.splitlines())
    )
    assert "✓ clock: it has not gone back" in found.out


def test_a_store_that_is_not_there_is_not_made(folder: Path) -> None:
    assert ill() == [
        "store: there is none at sqlite:///hub.db; check the address, or fill it with "
        "`hub serve --demo` or `hub sync --all`"
    ]
    assert list(folder.iterdir()) == []


def test_a_store_in_memory_is_well() -> None:
    assert "✓ store: it answers and is empty" in done("doctor", "--store", "sqlite:///:memory:").out


@pytest.mark.parametrize(
    ("store", "said"),
    [
        ("sqlite:///notes.txt", "cannot use notes.txt as a store: file is not a database"),
        ("sqlite:///", "the store's address names no file; write sqlite:///hub.db"),
        ("neo4j://127.0.0.1:9", "the store at neo4j://127.0.0.1:9 does not answer: nobody"),
    ],
)
def test_a_store_that_does_not_answer_is_told_and_the_rest_is_checked(
    folder: Path, store: str, said: str
) -> None:
    (folder / "notes.txt").write_text("Example notes\n" * 100, "utf-8")
    [told] = ill("--store", store)
    assert told.startswith(said)
    assert "✓ adapters: " in hub("doctor", "--store", store).out


def test_a_damaged_key_is_told(store: Path) -> None:
    change(store, "UPDATE meta SET value = x'00' WHERE name = 'key'")
    assert ill() == ["keys: the key of hub ids is damaged; restore the store from a backup"]


def test_a_clock_that_went_back_is_told(store: Path) -> None:
    change(store, "UPDATE revision SET recorded_at = recorded_at + 86400000000")
    [told] = ill()
    assert told.startswith("clock: the newest revision was committed 8")
    assert told.endswith(" s in the future; set this machine's clock")


@pytest.mark.usefixtures("store")
def test_a_broken_adapter_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = install(folder / "site", f"with_{folder.name}") / "broken"
    broken.mkdir()
    (broken / "program.toml").write_text("code =", "utf-8")
    monkeypatch.syspath_prepend(folder / "site")
    [told] = ill()
    assert told.startswith("broken/program.toml: Invalid value")


@pytest.mark.usefixtures("store")
def test_a_wrong_setting_is_told_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_ENVIRONMENT", "prod")
    found = hub("doctor")
    assert (found.code, found.out) == (2, "")
    assert found.err == "✗ HUB_ENVIRONMENT: Input should be 'dev' or 'production'\n"


@pytest.fixture
def fed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a made-up program with feeds and its record in a store; return the store."""
    folders(install(folder / "site", f"with_{folder.name}"), manifest=FEEDS)
    monkeypatch.syspath_prepend(folder / "site")
    (folder / "worksites.csv").write_bytes(sites("exa:1")[1])
    done("sync", ALPHA)
    return folder / "hub.db"


def send(*options: str) -> None:
    """Send alpha's list of sites."""
    assert hub("sync", ALPHA, "--feed", "list", "--from", "worksites.csv", *options).code in {0, 3}


def days_later(store: Path, days: int) -> None:
    """Let the last reading of every feed be so many days ago."""
    change(store, "UPDATE run SET read_at = read_at - ? * 86400000000", days)


@pytest.mark.parametrize(
    ("days", "age"), [(0, "read today"), (1, "last read 1 day ago"), (2, "last read 2 days ago")]
)
def test_each_feed_is_told_with_its_age(fed: Path, days: int, age: str) -> None:
    send()
    days_later(fed, days)
    assert f"✓ feed {ALPHA}/list: {age}" in done("doctor").out.splitlines()


@pytest.mark.parametrize(
    ("feed", "most"), [("list", 30), ("operator", 100), ("unknown", 400)], ids=str
)
def test_a_feed_that_is_older_than_it_may_grow_is_told(fed: Path, feed: str, most: int) -> None:
    send()
    change(fed, "UPDATE run SET feed = ? WHERE feed = 'list'", feed)
    days_later(fed, most)
    assert f"✓ feed {ALPHA}/{feed}: last read {most} days ago" in done("doctor").out
    days_later(fed, 1)
    assert ill() == [
        f"feed {ALPHA}/{feed}: last read {most + 1} days ago, more than {most} days: it is stale; "
        f"run `hub sync {ALPHA} --feed {feed} --from FILE`"
    ]


def test_a_feed_of_a_program_without_an_adapter_is_told(
    fed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send()
    monkeypatch.undo()
    monkeypatch.chdir(fed.parent)
    assert f"✓ feed {ALPHA}/list: read today" in done("doctor").out


def test_a_feed_that_was_never_read_is_told(fed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fed.exists()
    monkeypatch.setenv("HUB_FEEDS", f'{{"{ALPHA}/list": "https://{HOST}/worksites.csv"}}')
    assert ill() == [f"feed {ALPHA}/list: never read; run `hub sync {ALPHA} --feed list`"]


@pytest.mark.usefixtures("fed")
def test_a_feed_that_is_held_or_failed_is_told_with_the_reason(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "worksites.csv").write_bytes(b"reference,name,country\nexa:1,Example,XX\n")
    send()
    [told] = ill()
    assert told.startswith(f"feed {ALPHA}/list: never read; held: 1 of 1 rows were set aside")
    assert told.endswith(f"with `hub sync {ALPHA} --feed list --from FILE`, then --yes")

    monkeypatch.setattr(sync, "FETCHER", Shelf())
    monkeypatch.setenv("HUB_FEEDS", f'{{"{ALPHA}/list": "https://{HOST}/worksites.csv"}}')
    assert hub("sync", "--all").code == 2
    [told] = ill()
    assert told == (
        f"feed {ALPHA}/list: never read; failed: https://{HOST}/worksites.csv answers 404 Not "
        f"Found; mend that, then `hub sync {ALPHA} --feed list`"
    )


@pytest.mark.usefixtures("fed")
def test_a_wrong_address_of_a_feed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_FEEDS", f'{{"{ALPHA}/list": "https://no.example/"}}')
    assert ill()[-1].startswith(f"HUB_FEEDS: {ALPHA}/list: the feed does not allow no.example")
