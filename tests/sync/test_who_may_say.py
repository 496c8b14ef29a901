"""An operator speaks for its own program, in its own scheme; the record and the shell for all."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from adapters.kit.adapter import Adapter
from graph_schema.exchange import Line
from hub.errors import BadDocumentError
from hub.store.port import Store
from hub.sync.intake import Intake, Origin, Outcome
from hub.sync.run import run
from hub.sync.sources import operator_file
from tests.sync.programs import ALPHA, BETA, BETAS_BUYER, BUYER, sites, table
from tests.sync.steps import begin, bring, noon, push, whole

pytestmark = pytest.mark.anyio

OS_ID: Final = "os:BD2020021QK28YZ"
NOT_AN_OPERATORS: Final[Mapping[str, tuple[dict[str, Any], str, str, str]]] = {
    "a word's meaning": (
        {"stateRule": {"track": "listing", "state": "new", "effect": "GOOD_STANDING"}},
        "NOT_ALLOWED", "stateRule", "only the record states this; send a correction",
    ),
    "a total, by a feed of another kind": (
        {"figure": {"metric": "farms", "subject": "program", "value": 7, "unit": "farms"}},
        "NOT_ALLOWED", "figure", "only the record states this; send a correction",
    ),
    "a document, by a feed of another kind": (
        {"source": {"reference": "exa:report", "title": "Example report"}},
        "NOT_ALLOWED", "source", "only the record states this; send a correction",
    ),
    "since when it was known": (
        {"standing": {"subject": "exa:1", "state": "behind", "since": "2019"},
         "knownOn": "2019-06-01"},
        "NOT_ALLOWED", "knownOn", "only the record and `hub import` may state since when",
    ),
    "a supplier of another scheme": (
        {"worksite": {"reference": "exb:1", "name": "Site"}},
        "FOREIGN_SCHEME", "reference", "exb:1 is a reference of example-beta; make your own as",
    ),
    "another program's number of its own supplier": (
        {"worksite": {"reference": "exa:7", "name": "Site", "externalIds": ["exb:7"]}},
        "FOREIGN_SCHEME", "externalIds", "exb:7 is not known, and only example-beta makes it",
    ),
    "a reference of the bundled record": (
        {"worksite": {"reference": "wsr:new", "name": "Site"}},
        "FOREIGN_SCHEME", "reference", "wsr:new is not known; make your own reference as exa:",
    ),
    "another program's agreement": (
        {"agreement": {"reference": f"wsr:{BETA}-1", "name": "Other", "under": "exa:frame"}},
        "NOT_ALLOWED", "agreement", f"the agreement is {BETA}'s; only that program speaks of it",
    ),
    "a clause of another program's agreement": (
        {"clause": {"agreement": f"wsr:{BETA}-1", "duty": "PREFER", "text": "x"}},
        "NOT_ALLOWED", "agreement", f"the agreement is {BETA}'s; only that program speaks of it",
    ),
    "a signature of another program's agreement": (
        {"signature": {"organization": BUYER, "agreement": f"wsr:{BETA}-1", "since": "2019"}},
        "NOT_ALLOWED", "agreement", f"the agreement is {BETA}'s; only that program speaks of it",
    ),
    "what another program's agreement will be": (
        {"agreement": {"reference": "exa:frame", "name": "Ours", "supersedes": f"wsr:{BETA}-2"}},
        "UNKNOWN_REFERENCE", "supersedes", f"nothing goes by wsr:{BETA}-2 yet",
    ),
    "another program's supplier as an agreement": (
        {"agreement": {"reference": "exa:frame", "name": "Ours", "under": "exb:9"}},
        "UNKNOWN_REFERENCE", "under", "nothing goes by exb:9 yet",
    ),
    "a site's number as a company's": (
        {"organization": {"reference": "exa:7", "name": "Co", "externalIds": [OS_ID]}},
        "FOREIGN_SCHEME", "externalIds", f"{OS_ID} is a number of something else than a",
    ),
    "a company's number as an agreement's": (
        {"agreement": {"reference": "duns:123456789", "name": "Ours"}},
        "FOREIGN_SCHEME", "reference", "duns:123456789 is a number of something else than a",
    ),
    "a clause on another program's standings": (
        {"clause": {"agreement": f"wsr:{ALPHA}-1", "duty": "PREFER", "text": "x",
                    "standingProgram": BETA}},
        "NOT_ALLOWED", "standingProgram", f"at the standings of {BETA}",
    ),
    "a clause on the standings of a program yet to come": (
        {"clause": {"agreement": f"wsr:{ALPHA}-1", "duty": "PREFER", "text": "x",
                    "standingProgram": "example-gamma"}},
        "UNKNOWN_REFERENCE", "standingProgram", "nothing goes by example-gamma yet",
    ),
    "an agreement of which one clause is not its to say": (
        {"agreement": {"reference": "exa:frame", "name": "Ours", "clauses": [
            {"duty": "PREFER", "text": "x"},
            {"duty": "PREFER", "text": "y", "standingProgram": BETA},
        ]}},
        "NOT_ALLOWED", "standingProgram", f"at the standings of {BETA}",
    ),
}  # fmt: skip


@pytest.fixture
async def store(store: Store, alpha: Adapter, beta: Adapter) -> Store:
    """Return a store with both records and two sites of alpha's."""
    await begin(store, alpha, beta)
    await push(store, alpha, sites("exa:1", "exa:2"), complete=False)
    return store


def said(*lines: Mapping[str, Any]) -> Intake:
    """Return what alpha's operator says, line by line."""
    return Intake(
        origin=Origin.OPERATOR,
        lines=[Line.model_validate({"program": ALPHA, **line}) for line in lines],
        program=ALPHA,
        feed="operator",
    )


@pytest.mark.parametrize("name", NOT_AN_OPERATORS)
async def test_what_is_not_an_operators_to_say(store: Store, name: str) -> None:
    line, code, column, message = NOT_AN_OPERATORS[name]
    before = await whole(store)
    report = await run(store, said(line), confirmed=True, now=noon("2020-06-01"))
    [problem] = report.problems
    assert (problem.code, problem.column) == (code, column)
    assert message in problem.message
    assert (report.outcome, await whole(store)) == (Outcome.UNCHANGED, before)
    assert (await store.resolve(["exa:frame", "exa:7"]))[1] == [None, None]


async def test_an_agreement_that_another_program_names_early_is_left_to_it(store: Store) -> None:
    """Who described it first would rule out what the other says of it."""
    follows = {"reference": f"wsr:{BETA}-2", "name": "Two", "supersedes": f"wsr:{BETA}-3"}
    await bring(store, {"program": BETA, "agreement": follows})
    line = {"agreement": {"reference": f"wsr:{BETA}-3", "name": "Taken"}}
    report = await run(store, said(line), confirmed=True, now=noon("2020-06-02"))
    [problem] = report.problems
    assert (problem.code, problem.column) == ("FOREIGN_SCHEME", "reference")
    assert report.outcome is Outcome.UNCHANGED


async def test_a_program_speaks_of_the_standings_of_its_parent_and_its_children(
    store: Store,
) -> None:
    parent = {"code": BETA, "name": "Beta", "scheme": "exb", "parent": ALPHA}
    await bring(store, {"program": BETA, "programRecord": parent})
    clause = {
        "agreement": f"wsr:{ALPHA}-1", "duty": "PREFER", "text": "x", "standingProgram": BETA,
    }  # fmt: skip
    report = await run(store, said({"clause": clause}), now=noon("2020-06-02"))
    assert (report.problems, report.outcome) == ([], Outcome.APPLIED)


async def test_a_program_nobody_knows_says_nothing(store: Store) -> None:
    line = Line.model_validate(
        {"program": "nobody", "worksite": {"reference": "x1:1", "name": "S"}}
    )
    intake = replace(said(), lines=[line], program=None)
    report = await run(store, intake, confirmed=True)
    [problem] = report.problems
    assert problem.code == "UNKNOWN_REFERENCE"
    assert problem.message == (
        "the program nobody is not known; the programs are: example-alpha, example-beta"
    )


async def test_an_operator_may_name_anybodys_supplier_and_add_its_own_number(store: Store) -> None:
    """The number is the operator's, the supplier the same."""
    await bring(store, {"program": BETA, "worksite": {"reference": "exb:1", "name": "Shared"}})
    line = {"worksite": {"reference": "exa:9", "name": "Shared", "externalIds": ["exb:1"]}}
    report = await run(store, said(line), now=noon("2020-06-02"))
    assert report.outcome is Outcome.APPLIED
    _, found = await store.resolve(["exa:9", "exb:1"])
    assert found[0] is not None
    assert found[0] == found[1]


async def test_a_program_signs_for_agreements_whose_clauses_look_at_its_standings(
    store: Store,
) -> None:
    clause = {
        "agreement": f"wsr:{BETA}-1", "duty": "PREFER", "text": "x", "standingProgram": ALPHA,
    }  # fmt: skip
    await bring(store, {"program": BETA, "clause": clause})
    signature = {"organization": BETAS_BUYER, "agreement": f"wsr:{BETA}-1", "since": "2019"}
    report = await run(store, said({"signature": signature}), now=noon("2020-06-02"))
    assert (report.problems, report.outcome) == ([], Outcome.APPLIED)


async def test_what_a_program_is_only_itself_says(store: Store) -> None:
    with pytest.raises(BadDocumentError, match=f"{ALPHA} cannot say what the program {BETA} is"):
        await bring(store, {"program": ALPHA, "programRecord": {"code": BETA, "name": "Beta"}})


async def test_a_clause_looks_at_the_standings_of_its_own_program_by_itself(
    store: Store, alpha: Adapter
) -> None:
    rows = table(
        "clauses", [{"agreement": f"wsr:{ALPHA}-1", "duty": "PREFER", "text": "prefer it"}]
    )
    report = await push(store, alpha, rows, complete=False)
    assert (report.problems, len(report.added)) == ([], 1)


async def test_a_folder_that_owns_no_scheme_is_told_to_use_its_own(
    store: Store, alpha: Adapter
) -> None:
    """Nothing is guessed of a scheme that no program owns."""
    intake = operator_file(alpha, [sites("exz:1")])
    report = await run(store, intake, confirmed=True)
    [problem] = report.problems
    assert problem.message == "exz:1 is not known; make your own reference as exa:…"
