"""Every case of `cases.toml` is answered as it says, through the sync engine and a store."""

import re
import shutil
import tomllib
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from adapters.kit.adapter import adapters
from graph_schema.codes import Reason, Verdict
from graph_schema.exchange import Line
from hub.answers.desk import Desk, Sitting
from hub.answers.eligibility import Answered, eligibility, eligibility_list
from hub.eligibility.explain import explanation, summary
from hub.errors import HubError
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import SHELL
from hub.sync.intake import Intake, Origin
from hub.sync.run import run
from hub.sync.sources import record

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "cases.toml").read_text(encoding="utf-8")
)["case"]
LAST_DAY = date(2026, 11, 22)
"""The day on which the cases are asked, where they are asked as known now."""
EDGES: Final[Mapping[str, list[str]]] = tomllib.loads(
    (Path(__file__).parent / "edges.toml").read_text(encoding="utf-8")
)

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with the bundled public record of every program."""
    path = tmp_path_factory.mktemp("record") / "hub.db"
    store = EmbeddedStore(str(path))
    await store.open()
    for adapter in adapters().values():
        if not adapter.manifest.example:
            await run(store, record(adapter))
    await store.close()
    return path


@pytest.fixture
async def store(recorded: Path, tmp_path: Path) -> AsyncIterator[EmbeddedStore]:
    """Yield a copy of it for one case."""
    copy = tmp_path / "hub.db"
    shutil.copy(recorded, copy)
    opened = EmbeddedStore(str(copy))
    await opened.open()
    yield opened
    await opened.close()


def lines(case: dict[str, Any]) -> list[Line]:
    """Return the lines of a case: suppliers made for it, and what is said of them."""
    facts: list[dict[str, Any]] = case.get("facts", [])
    program = next((fact["program"] for fact in facts), "ffp")
    made: list[dict[str, Any]] = []
    for entry in case.get("farms", []):
        reference, region = placed(entry, "US-FL")
        place = {"country": region[:2], "regions": [region]}
        made.append({"organization": {"reference": reference, "name": reference, **place}})
    for entry in case.get("factories", []):
        reference, country = placed(entry, "BD")
        made.append({"worksite": {"reference": reference, "name": reference, "country": country}})
    made += [
        {"organization": {"reference": reference, "name": reference}}
        for reference in case.get("companies", [])
    ]
    return [Line.model_validate(each) for each in [{"program": program, **m} for m in made] + facts]


def placed(entry: str, default: str) -> tuple[str, str]:
    """Return the reference and the place of `scheme:value` or `scheme:value:place`."""
    scheme, value, *place = entry.split(":")
    return f"{scheme}:{value}", place[0] if place else default


async def sat(store: EmbeddedStore, ask: dict[str, Any]) -> Sitting:
    """Return the moment that a case asks of."""
    desk = await Desk.open(store)
    known = ask.get("knownAt")
    return await desk.sit(
        as_of=date.fromisoformat(ask["on"]),
        known_at=datetime.fromisoformat(known) if known else None,
        viewer=SHELL,
    )


async def answered(store: EmbeddedStore, case: dict[str, Any]) -> Answered:
    """Return the answer to a case, which is the same in a list of all the case's suppliers."""
    ask = case["ask"]
    sitting = await sat(store, ask)
    found = await eligibility(sitting, ask["buyer"], ask["supplier"], ask["product"])
    made = [placed(each, "")[0] for each in (*case.get("farms", ()), *case.get("factories", ()))]
    suppliers = [*made, ask["supplier"]]
    listed = await eligibility_list(sitting, ask["buyer"], suppliers, ask["product"])
    same = (listed.verdicts[-1], listed.reasons[-1])
    assert same == (found.answer.verdict, found.answer.reason)
    return found


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
async def test_a_case_is_answered_as_it_says(store: EmbeddedStore, case: dict[str, Any]) -> None:
    for code in case.get("record", ()):
        await run(store, record(adapters()[code]))
    given = lines(case)
    if given:
        await run(store, Intake(origin=Origin.ADMINISTRATOR, lines=given))
    expect = case["expect"]
    if "error" in expect:
        with pytest.raises(HubError) as caught:
            await answered(store, case)
        assert caught.value.code == expect["error"]
        return
    found = await answered(store, case)
    answer = found.answer
    assert (answer.verdict, answer.reason) == (expect["verdict"], expect["reason"])
    assert set(expect.get("notices", [])) <= {notice.code for notice in answer.notices}
    assert expect.get("summary", "") in summary(answer, found.facts, figures=True)
    if "explanation" in expect:
        texts = [explanation(ruling, found.facts, answer.question.day) for ruling in answer.rulings]
        assert any(expect["explanation"] in text for text in texts)
    if "duty" in expect:
        decisive = answer.rulings[0].clause
        assert decisive is not None
        assert decisive.duty == expect["duty"]
    numbers = [ruling.agreement.number for ruling in answer.rulings]
    names = {node: text for node, text, _ in await store.references(numbers)}
    ruled = {names[r.agreement.number]: str(r.verdict) for r in answer.rulings}
    assert expect.get("rulings", {}).items() <= ruled.items()
    law = found.facts.law.programs
    looked_at = {names[r.agreement.number]: law[r.program].code for r in answer.rulings}
    assert expect.get("programs", {}).items() <= looked_at.items()


def test_every_golden_scenario_and_every_sentence_of_edges_has_its_case() -> None:
    names = {case["name"].split()[0] for case in CASES}
    golden = "01 02 04 05 07 09 10 11 13 14 15 17 19 20 23 24 25 26 27 29 31 32".split()
    assert {f"gs{number}" for number in golden} <= names
    shown = Counter(case["edge"] for case in CASES if "edge" in case)
    assert shown.keys() == {*EDGES["edges"], *EDGES["rule"]}


ADDED: Final[Mapping[str, tuple[str, ...]]] = {
    "ffp": (
        "three kinds of duty per agreement",
        "a suspension ends only when the period is over and the re-entry audit is passed",
        "standing by grower x crop x state",
        "premium by product and date",
        "no invented 30/60/90 days",
    ),
    "bangladesh-accord": (
        "versions re-signed",
        "tracks apart",
        "stage 3 ends the business for all signatories",
        "group effect by date",
        "a moved factory is a new site",
    ),
    "international-accord": ("binds only through a country agreement since 2023-11-01",),
    "accord": ("opted-in product groups",),
    "pakistan-accord": (
        "own signatories",
        "mills in scope",
        "retroactive extension, both time axes",
    ),
    "milk-with-dignity": ("volume balance", "zero tolerance"),
    "lesotho-agreement": (
        "three brand agreements and one of the employer",
        "named units",
        "orders reduced until it complies",
    ),
    "dindigul-agreement": (
        "named units, business consequences",
        "computed term 2022-04-01 to 2025-03-31",
    ),
    "central-java-agreement": ("named units, business consequences",),
    "uk-fishing-pilot": ("no public binding clause",),
}
"""What each program adds that must be right (DOMAIN.md). What is no verdict is tested elsewhere."""
MOVES: Final = {
    "merged numbers",
    "moved sites",
    "several operators in time",
    "an organisation with many sites",
    "an organisation that is buyer and supplier",
    "two programs' words for one site",
    "names do not make a supplier",
}


def test_all_that_a_program_adds_has_cases() -> None:
    shown = Counter(case["adds"] for case in CASES if "adds" in case)
    asked = {f"{program}: {each}" for program, all_of in ADDED.items() for each in all_of}
    assert shown.keys() == asked | {"group signatures"}
    assert all(count >= 2 for count in shown.values()), shown


def test_each_way_in_which_a_supplier_moves_between_worlds_has_cases() -> None:
    shown = Counter(case["moves"] for case in CASES if "moves" in case)
    assert shown.keys() == MOVES
    assert all(count >= 4 for count in shown.values()), shown


def test_every_verdict_reason_and_notice_has_a_case() -> None:
    """But for what the example world alone can show."""
    expected = [case["expect"] for case in CASES if "error" not in case["expect"]]
    assert {expect["verdict"] for expect in expected} == set(Verdict)
    assert {expect["reason"] for expect in expected} == set(Reason)
    assert {notice for expect in expected for notice in expect.get("notices", [])} == {
        "DOCUMENTED_NON_SIGNATORY",
        "GROUP_SIGNATURE",
        "MERGED_ID",
        "PLACE_ASSUMED",
        "RENEWAL_ASSUMED",
        "SIGNATORY_LIST_INCOMPLETE",
        "SIGNATURE_ASSUMED",
        "SITE_CLOSED",
        "SITE_MOVED",
    }


def test_there_are_cases_of_every_program_each_with_its_sources() -> None:
    assert len(CASES) >= 120
    for case in CASES:
        sources: list[str] = case["sources"]
        known = all(re.fullmatch(r"S\d{3}", source) for source in sources)
        assert sources == ["synthetic"] or (sources and known), case["name"]
    programs = {fact["program"] for case in CASES for fact in case.get("facts", [])}
    assert programs >= {a.program for a in adapters().values() if not a.manifest.example}
