"""`hub sync` of a program's own feeds: by file and by address, and what is refused."""

from pathlib import Path
from typing import Final

import orjson
import pytest

from adapters.kit import gate
from hub.cli import sync
from tests.cli.commands import done, hub, refused
from tests.cli.outside import install
from tests.sync.programs import ALPHA, BUYER, folders, sites, standings
from tests.sync.shelf import FEEDS, HOST, Shelf

PAGE: Final = """
[feeds.page]
about = "the page of listed sites"
hosts = ["list.example"]
parser = "page"

[feeds.undated]
hosts = ["list.example"]
parser = "undated"
"""
PARSER: Final = '''
"""A program whose page tells a listed site a line."""

from datetime import date

from adapters.kit import template


def page(document, reading):
    rows = "".join(f"{line},listed,2020-01-01\\n" for line in document.decode().splitlines())
    told = f"subject,state,since\\n{rows}".encode()
    return template.parse(reading.program, told, name="standings.csv")


def undated(document, reading):
    parsed = page(document, reading)
    parsed.dated = date.fromordinal(reading.day(None).first)
    return parsed
'''
SITES: Final = sites("exa:1", "exa:2")


@pytest.fixture(autouse=True)
def program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a made-up program with feeds of its own beside the bundled ones, and its sites."""
    where = install(folder / "site", f"with_{folder.name}")
    folders(where, manifest=FEEDS + PAGE)
    (where / ALPHA.replace("-", "_") / "__init__.py").write_text(PARSER, "utf-8")
    monkeypatch.syspath_prepend(folder / "site")
    (folder / SITES[0]).write_bytes(SITES[1])
    done("sync", ALPHA, "--from", SITES[0])


@pytest.fixture(autouse=True)
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Have no internet but what a test puts there."""
    found = Shelf()
    monkeypatch.setattr(sync, "FETCHER", found)
    return found


def verdict(site: str) -> str:
    """Return what the hub says of a site soon after it was listed."""
    return done("ask", BUYER, site, "garments", "--as-of", "2020-02-01", "--json").json["verdict"]


def test_a_feeds_own_document_is_read_by_its_parser_out_of_a_file(folder: Path) -> None:
    (folder / "page.txt").write_text("exa:1\nexa:2\n", "utf-8")
    found = done("sync", ALPHA, "--feed", "page", "--from", "page.txt", "--dated", "2020-01-15")
    assert found.out.startswith(f"{ALPHA} (page): applied; 2 added, ")
    assert (verdict("exa:1"), verdict("exa:2")) == ("ELIGIBLE", "ELIGIBLE")


def test_the_day_that_is_given_reaches_the_parser_of_a_list_that_prints_none(folder: Path) -> None:
    growers = (
        "Ag-Mart",
        "Alderman Farms",
        "Lady Moon Farms",
        "Lipman Family Farms",
        "Santa Sweets",
    )
    rows = "".join(f"{name},Tomatoes,Florida\n" for name in growers)
    (folder / "list.csv").write_text(f"name,crop,state\n{rows}", "utf-8")
    told = ("sync", "ffp", "--feed", "weekly", "--from", "list.csv")
    assert refused(*told) == (
        "list.csv: no day of its own can be read in it; say the day of which it speaks (--dated)"
    )
    found = done(*told, "--dated", "2024-11-04")
    assert "ffp (weekly): applied; 4 added, 0 changed, 0 ended, 1 unchanged" in found.out
    known = done("ask", "wsr:walmart", "wsr:ag-mart", "tomatoes", "--as-of", "2024-11-05", "--json")
    assert known.json["verdict"] == "ELIGIBLE"


def test_a_document_is_fetched_from_an_address_that_its_feed_allows(shelf: Shelf) -> None:
    url = shelf.put(("listed.txt", b"exa:1\n"))
    found = done("sync", ALPHA, "--feed", "page", "--from", url, "--dated", "2020-01-15")
    assert found.out.startswith(f"{ALPHA} (page): applied; 1 added, ")
    assert shelf.asked == [(url, None)]
    assert verdict("exa:1") == "ELIGIBLE"


def test_a_list_that_prints_no_day_is_of_the_day_that_is_given_or_on_which_it_was_fetched(
    folder: Path, shelf: Shelf
) -> None:
    (folder / "listed.txt").write_text("exa:1\n", "utf-8")
    asked = ("sync", ALPHA, "--feed", "undated", "--from")
    assert "no day of its own can be read in it" in refused(*asked, "listed.txt")
    done(*asked, "listed.txt", "--dated", "2020-01-15")
    assert verdict("exa:1") == "ELIGIBLE"
    url = shelf.put(("listed.txt", b"exa:2\n"))
    assert done(*asked, url, "--yes").out.startswith(f"{ALPHA} (undated): applied; 1 added, ")


def test_files_and_addresses_of_one_run_go_together(folder: Path, shelf: Shelf) -> None:
    name, more = sites("exa:3")
    (folder / name).write_bytes(more)
    url = shelf.put(standings("exa:3 listed 2020-01-01"))
    found = done("sync", ALPHA, "--feed", "list", "--from", name, "--from", url, "--dry-run")
    assert found.out.startswith(f"{ALPHA} (list): dry run; 2 added, ")


@pytest.mark.parametrize(
    ("feed", "url", "said"),
    [
        ("page", "https://no.example/a.txt", f"not allow no.example; its hosts are: {HOST}"),
        ("operator", f"https://{HOST}/standings.csv", f"not allow {HOST}; its hosts are: none"),
        ("page", f"http://{HOST}/a.txt", "give an address that begins with https://"),
        ("page", f"https://{HOST}/no.txt", f"https://{HOST}/no.txt answers 404 Not Found"),
    ],
    ids=["another host", "a feed without hosts", "no https", "nothing there"],
)  # fmt: skip
def test_what_cannot_be_fetched_is_told_in_one_line(feed: str, url: str, said: str) -> None:
    assert said in refused("sync", ALPHA, "--feed", feed, "--from", url)


def feeds(monkeypatch: pytest.MonkeyPatch, **urls: str) -> None:
    """Say where alpha's feeds stand."""
    told = {f"{ALPHA}/{name}": url for name, url in urls.items()}
    monkeypatch.setenv("HUB_FEEDS", orjson.dumps(told).decode())


def test_a_feed_is_fetched_from_where_the_settings_say(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = shelf.put(("listed.txt", b"exa:1\n"))
    feeds(monkeypatch, page=url)
    found = done("sync", ALPHA, "--feed", "page", "--dated", "2020-01-15", "--partial")
    assert found.out.startswith(f"{ALPHA} (page): applied; 1 added, ")
    assert "--feed says whose document it is" in refused("sync", ALPHA, "--feed", "list")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"nobody/page": f"https://{HOST}/a"}, "HUB_FEEDS: nobody/page: 'nobody' is no program"),
        ({f"{ALPHA}/no": f"https://{HOST}/a"}, f"HUB_FEEDS: {ALPHA}/no: {ALPHA} has no feed 'no'"),
        ({f"{ALPHA}/page": "https://no.example/"}, "the feed does not allow no.example"),
        ({f"{ALPHA}/page": f"http://{HOST}/"}, "no address that begins with https://"),
    ],
    ids=["program", "feed", "host", "scheme"],
)
@pytest.mark.parametrize("command", [("sync", "--all"), ("serve",)], ids=["sync", "serve"])
def test_a_wrong_address_stops_the_start_with_its_name(
    monkeypatch: pytest.MonkeyPatch, setting: dict[str, str], said: str, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("HUB_FEEDS", orjson.dumps(setting).decode())
    assert said in refused(*command)


def test_all_syncs_every_record_and_then_every_feed_with_an_address(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = shelf.put(("listed.txt", b"exa:1\n"))
    listed = shelf.put(standings("exa:2 listed 2020-01-01"))
    feeds(monkeypatch, page=url, list=listed)
    heads = [each for each in done("sync", "--all").out.splitlines() if each[0] != " "]
    programs = [each.partition(" ")[0] for each in heads]
    assert all("(record): applied" in each or ALPHA in each for each in heads[:-2])
    assert f"{ALPHA} (record): unchanged" in heads[programs.index(ALPHA)]
    assert [each.partition(";")[0] for each in heads[-2:]] == [
        f"{ALPHA} (list): applied", f"{ALPHA} (page): applied",
    ]  # fmt: skip
    again = done("sync", "--all").out.splitlines()
    assert len(again) == len(heads)
    assert all(": unchanged; " in each for each in again)
    assert [mark is not None and mark.etag is not None for _, mark in shelf.asked] == [
        False, False, True, True,
    ]  # fmt: skip


def test_of_all_what_fails_or_is_held_takes_nothing_else_along(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = shelf.put(standings("exa:1 listed 2020-01-01", "exa:2 unheard 2020-01-01"))
    feeds(monkeypatch, list=listed, page=f"https://{HOST}/no.txt")
    found = hub("sync", "--all")
    assert found.code == 2
    assert f"{ALPHA} (list): held; " in found.out
    assert (
        found.err.splitlines()[-1]
        == f"✗ {ALPHA} (page): https://{HOST}/no.txt answers 404 Not Found"
    )
    feeds(monkeypatch, list=listed)
    assert hub("sync", "--all").code == 3
    assert hub("sync", "--all", "--yes").code == 0


def test_a_file_that_is_too_large_is_told_in_one_line(folder: Path) -> None:
    with (folder / "large.csv").open("wb") as file:
        file.truncate(gate.MOST_BYTES + 1)
    assert refused("sync", ALPHA, "--from", "large.csv") == (
        "large.csv: the file is larger than 200 MB; send it in parts"
    )
