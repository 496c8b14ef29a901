"""What cannot be answered: each gets its code, the place, and what would help; nothing leaks."""

from typing import Any, Final

import pytest

from tests.graphql.served import Hub

pytestmark = pytest.mark.anyio

ONE: Final = """
query ($buyer: ID!, $supplier: ID!, $product: String!, $on: Date, $known: DateTime, $at: String) {
  eligibility(
    buyer: $buyer, supplier: $supplier, product: $product,
    asOf: $on, knownAt: $known, atRevision: $at
  ) { verdict reason notices { code text } supplier { id ... on Worksite { osId } } }
}
"""
MANY: Final = """
query ($suppliers: [ID!]!, $product: String!) {
  eligibilityList(buyer: "wsr:walmart", suppliers: $suppliers, product: $product) {
    rows {
      index reference verdict reason eligibility { verdict }
      problem { __typename code message path ... on UnknownReference { reference } }
    }
    counts { verdict count }
  }
}
"""
GOOD: Final = {"buyer": "wsr:walmart", "supplier": "wsr:ag-mart", "product": "tomatoes"}
WRONG_REFERENCES: Final = (
    "",
    " ",
    "walmart",
    "wsr:",
    ":walmart",
    "WSR:walmart",
    "wsr:wal mart",
    "wsr:wal\0mart",
    "wsr:\u202etram",
    "wsr:\u2066walmart\u2069",
    "wsr:wal\nmart",
    f"wsr:{'x' * 200}",
    "os:IN2019083ARVAHM",
    "os:BD2020021QK28YA",
    "os:BD2020400QK28YZ",
    "os:12020021QK28YZ",
    "lei:529900T8BM49AURSDO56",
    "lei:529900T8BM49AURSDO",
    "gln:123",
    "imo:12345678",
    "'; DROP TABLE standings; --",
    "wsr:x'}) MATCH (n) DETACH DELETE n //",
)
"""No reference at all, or one whose check characters are wrong."""
UNKNOWN_REFERENCES: Final = (
    "wsr:nobody",
    "wsr:WALMART",
    "wsr:'--",
    "nobody:1",
    "ffp:0000",
    "os:BD2021113R7R87P",
    "lei:529900T8BM49AURSDO55",
    "0" * 32,
    "f" * 32,
)
"""Well written, and nothing here goes by them."""


def code(error: dict[str, Any]) -> str:
    return error["extensions"]["code"]


@pytest.mark.parametrize("place", ["buyer", "supplier"])
async def test_what_is_no_reference_is_an_invalid_one(hub: Hub, place: str) -> None:
    for reference in WRONG_REFERENCES:
        error = await hub.refused(ONE, **{**GOOD, place: reference})
        assert code(error) == "INVALID_REFERENCE", reference
        assert error["extensions"]["argument"] == place
        assert error["path"] == ["eligibility"]


@pytest.mark.parametrize("place", ["buyer", "supplier"])
async def test_what_nothing_goes_by_is_unknown(hub: Hub, place: str) -> None:
    for reference in UNKNOWN_REFERENCES:
        error = await hub.refused(ONE, **{**GOOD, place: reference})
        assert code(error) == "UNKNOWN_REFERENCE", reference
        assert error["extensions"]["argument"] == place
        assert reference in error["message"]


@pytest.mark.parametrize(
    ("place", "reference"),
    [("buyer", "wsr:ws-dekko-garments"), ("supplier", "wsr:tomatoes"), ("supplier", "wsr:bd-2023")],
)
async def test_what_is_of_another_kind_is_unknown(hub: Hub, place: str, reference: str) -> None:
    assert code(await hub.refused(ONE, **{**GOOD, place: reference})) == "UNKNOWN_REFERENCE"


@pytest.mark.parametrize(
    ("query", "reference"),
    [
        ('program(id: "{}") {{ id }}', "nobody"),
        ('program(id: "{}") {{ id }}', "wsr:walmart"),
        ('organization(id: "{}") {{ id }}', "wsr:nobody"),
        ('organization(id: "{}") {{ id }}', "wsr:ws-dekko-garments"),
        ('worksite(id: "{}") {{ id }}', "wsr:walmart"),
        ('agreement(id: "{}") {{ id }}', "wsr:nobody"),
        ('bindings(supplier: "{}", product: "tomatoes", first: 1) {{ totalCount }}', "wsr:nobody"),
        ('sharedSuppliers(programs: ["ffp", "{}"], first: 1) {{ totalCount }}', "nobody"),
        ('sharedSuppliers(buyers: ["wsr:hm", "{}"], first: 1) {{ totalCount }}', "wsr:nobody"),
        ('buyers(program: "{}", first: 1) {{ totalCount }}', "nobody"),
        ('suppliers(program: "{}", first: 1) {{ totalCount }}', "nobody"),
        ('worksites(program: "{}", first: 1) {{ totalCount }}', "nobody"),
        ('agreements(program: "{}", first: 1) {{ totalCount }}', "nobody"),
    ],
)
async def test_every_question_says_which_reference_is_unknown(
    hub: Hub, query: str, reference: str
) -> None:
    answer = await hub.answer(f"{{ asked: {query.format(reference)} revision {{ id }} }}")
    [error] = answer["errors"]
    assert code(error) == "UNKNOWN_REFERENCE"
    assert repr(reference) in error["message"]
    assert error["path"] == ["asked"]
    assert answer["data"]["asked"] is None
    assert answer["data"]["revision"] is not None


@pytest.mark.parametrize(
    ("product", "nearest"),
    [
        ("tomatos", "tomatoes"),
        ("Tomattoes", "tomatoes"),
        ("garmnets", "garments"),
        ("mlik", "milk"),
    ],
)
async def test_an_unknown_product_is_invalid_and_the_nearest_are_named(
    hub: Hub, product: str, nearest: str
) -> None:
    questions = {
        ONE: {**GOOD, "product": product},
        MANY: {"suppliers": ["wsr:ag-mart"], "product": product},
        "query ($product: String!) { worksites(product: $product, first: 1) { totalCount } }": {
            "product": product
        },
        "query ($product: ID!) { commodity(id: $product) { id } }": {"product": product},
        'query ($product: String!) { bindings(supplier: "wsr:ag-mart", product: $product, '
        "first: 1) { totalCount } }": {"product": product},
        'query ($product: String!) { organization(id: "wsr:ag-mart") { '
        'eligibility(buyer: "wsr:walmart", product: $product) { verdict } } }': {
            "product": product
        },
    }
    for query, given in questions.items():
        error = await hub.refused(query, **given)
        assert code(error) == "INVALID_INPUT"
        assert nearest in error["message"]
        argument = "id" if "commodity" in query else "product"
        assert error["extensions"]["argument"] == argument


@pytest.mark.parametrize("product", ["", " ", "\0", "\u202e", "xyzzy", "🍅", "x" * 5_000])
async def test_no_product_at_all_is_never_out_of_scope(hub: Hub, product: str) -> None:
    error = await hub.refused(ONE, **{**GOOD, "product": product})
    assert code(error) == "INVALID_INPUT"
    assert len(error["message"]) < 500


async def test_characters_that_do_not_print_do_not_change_a_product(hub: Hub) -> None:
    answers = [
        (await hub.ask(ONE, **{**GOOD, "product": product}))["eligibility"]
        for product in ("tomatoes", "TOMATOES", "\u202etomatoes", " tomatoes ")
    ]
    assert answers == [answers[0]] * len(answers)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("on", "2026-02-30"),
        ("on", "2025-02-29"),
        ("on", "2026-13-01"),
        ("on", "2026-1-1"),
        ("on", "30.11.2026"),
        ("on", "2026"),
        ("on", ""),
        ("on", 20260101),
        ("on", "2026-01-01T00:00:00Z"),
        ("known", "2026-02-30T00:00:00Z"),
        ("known", "2026-01-01T25:00:00Z"),
        ("known", "2026-01-01T00:00:00"),
        ("known", "now"),
        ("known", "0001-01-01T00:00:00+23:59"),
        ("known", "9999-12-31T23:59:59-23:59"),
    ],
)
async def test_a_day_that_does_not_exist_is_invalid(hub: Hub, name: str, value: Any) -> None:  # noqa: ANN401
    answer = await hub.answer(ONE, **{**GOOD, name: value})
    [error] = answer["errors"]
    assert code(error) == "INVALID_INPUT"
    assert "write it like 2026-11-22" in error["message"]
    assert "data" not in answer


async def test_the_first_and_the_last_day_of_the_calendar_are_answered(hub: Hub) -> None:
    for on in ("0001-01-01", "9999-12-31"):
        assert (await hub.ask(ONE, **GOOD, on=on))["eligibility"]["verdict"]
    for known in ("1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59+23:59"):
        assert (await hub.ask(ONE, **GOOD, known=known))["eligibility"]["verdict"]


@pytest.mark.parametrize("revision", ["0", "-1", "x", "1.5", "999999999", "9" * 40, "\u0661"])
async def test_a_revision_that_never_was_is_invalid(hub: Hub, revision: str) -> None:
    error = await hub.refused(ONE, **GOOD, at=revision)
    assert code(error) == "INVALID_INPUT"
    assert error["extensions"]["argument"] == "atRevision"


async def test_a_merged_os_id_answers_for_the_current_one(hub: Hub) -> None:
    given = {"buyer": "wsr:levis", "product": "garments", "on": "2026-06-30"}
    current = (await hub.ask(ONE, **given, supplier="os:BD2020021QK28YZ"))["eligibility"]
    assert current["supplier"]["osId"] == "BD2020021QK28YZ"
    for merged in ("os:BD2019086HB8VVT", "os:BD2024197QKS136", "os:bd2019086-hb8vvt"):
        found = (await hub.ask(ONE, **given, supplier=merged))["eligibility"]
        assert found["supplier"] == current["supplier"]
        assert (found["verdict"], found["reason"]) == (current["verdict"], current["reason"])
        [notice] = [each for each in found["notices"] if each["code"] == "MERGED_ID"]
        assert merged in notice["text"]
    assert "MERGED_ID" not in {notice["code"] for notice in current["notices"]}


async def test_what_is_made_up_leaves_no_doubt_about_who_is_not(hub: Hub) -> None:
    asked = {"buyer": "wsr:publix", "supplier": "wsr:pacific-tomato", "product": "tomatoes"}
    answer = (await hub.ask(ONE, **asked))["eligibility"]
    assert (answer["verdict"], answer["reason"]) == ("NOT_BOUND", "NO_SIGNATURE")
    assert answer["notices"]
    assert not [notice for notice in answer["notices"] if "Example" in notice["text"]]


async def test_rows_that_cannot_be_answered_spoil_no_other(hub: Hub) -> None:
    asked = ["wsr:ag-mart", "wsr:nobody", "os:IN2019083ARVAHM", "", "wsr:ag-mart", "wsr:tomatoes"]
    found = (await hub.ask(MANY, suppliers=asked, product="tomatoes"))["eligibilityList"]
    rows = found["rows"]
    assert [row["reference"] for row in rows] == asked
    assert [row["index"] for row in rows] == list(range(len(asked)))
    problems = [row["problem"] and row["problem"]["code"] for row in rows]
    assert problems == [
        None, "UNKNOWN_REFERENCE", "INVALID_REFERENCE", "INVALID_REFERENCE", None,
        "UNKNOWN_REFERENCE",
    ]  # fmt: skip
    assert rows[1]["problem"]["__typename"] == "UnknownReference"
    assert rows[1]["problem"]["reference"] == "wsr:nobody"
    assert rows[2]["problem"]["__typename"] == "InvalidInput"
    assert {**rows[4], "index": 0} == rows[0]
    for row in rows:
        answered = row["problem"] is None
        assert (row["verdict"] is not None) is answered
        assert (row["reason"] is not None) is answered
        assert (row["eligibility"] is not None) is answered
    assert sum(each["count"] for each in found["counts"]) == 2


@pytest.mark.parametrize("product", ["ab" + " " * 30, "0" * 32, "g" * 32, "tomatoes" + " " * 300])
async def test_a_product_that_is_no_name_and_no_id_is_invalid(hub: Hub, product: str) -> None:
    error = await hub.refused(ONE, **(GOOD | {"product": product}))
    assert code(error) == "INVALID_INPUT"
    assert error["extensions"]["argument"] == "product"


async def test_what_shares_suppliers_is_looked_up_at_once(hub: Hub) -> None:
    query = (
        "query ($programs: [ID!], $buyers: [ID!]) "
        "{ sharedSuppliers(programs: $programs, buyers: $buyers, first: 1) { totalCount } }"
    )
    one = {"programs": ["ffp"], "buyers": ["wsr:walmart"]}
    assert await hub.counted(query, **{name: each * 300 for name, each in one.items()}) == (
        await hub.counted(query, **one)
    )
    error = await hub.refused(query, programs=["ffp", "wsr:walmart"])
    assert code(error) == "UNKNOWN_REFERENCE"


async def test_a_list_may_be_empty_and_has_at_most_10_000_rows(hub: Hub) -> None:
    none = (await hub.ask(MANY, suppliers=[], product="tomatoes"))["eligibilityList"]
    assert none == {"rows": [], "counts": []}
    counted = MANY.replace("eligibility { verdict }", "")
    most = ["wsr:ag-mart"] * 10_000
    found = (await hub.ask(counted, suppliers=most, product="tomatoes"))["eligibilityList"]
    assert len(found["rows"]) == 10_000
    error = await hub.refused(counted, suppliers=[*most, "wsr:ag-mart"], product="tomatoes")
    assert code(error) == "INVALID_INPUT"
    assert "10,001" in error["message"]
    assert "10,000" in error["message"]


async def test_unknown_nodes_are_null_among_others(hub: Hub) -> None:
    ids = ["wsr:walmart", "wsr:nobody", "os:IN2019083ARVAHM", "", "\0", "ffp", "0" * 32]
    found = await hub.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }", ids=ids)
    assert [node and node["__typename"] for node in found["nodes"]] == [
        "Organization", None, None, None, None, "Program", None,
    ]  # fmt: skip
    assert (await hub.ask('{ node(id: "wsr:nobody") { id } }')) == {"node": None}
    error = await hub.refused("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["ffp"] * 501)
    assert code(error) == "INVALID_INPUT"


async def test_any_text_may_be_searched_for(hub: Hub) -> None:
    query = "query ($text: String!) { search(text: $text, first: 5) { edges { score } } }"
    for text in (
        "", " ", "\0", "*", '"', "'", "a OR", "NEAR(", "AND", "(", ")", "-", "+a", "a*", "^a", "~",
        "name:haesong", "{", "[", "\\", "/", "/a/", "%", "_", "\u202e", "日本", "a\nb", "x" * 200,
        'haesong"; DROP TABLE', "haesong\0knitwear", "&&", "||", "!", "?", "TO", "[a TO b]",
    ):  # fmt: skip
        await hub.ask(query, text=text)
    assert code(await hub.refused(query, text="x" * 201)) == "INVALID_INPUT"


@pytest.mark.parametrize("country", ["Bangladesh", "bd", "XX", "", "\0"])
async def test_a_country_that_is_none_is_invalid(hub: Hub, country: str) -> None:
    query = "query ($c: CountryCode) { worksites(country: $c, first: 1) { totalCount } }"
    error = await hub.refused(query, c=country)
    assert code(error) == "INVALID_INPUT"
    assert "ISO 3166-1" in error["message"]


async def test_at_least_is_bounded(hub: Hub) -> None:
    query = "query ($n: Int!) { sharedSuppliers(atLeast: $n, first: 1) { totalCount } }"
    for number in (0, -1, 101):
        error = await hub.refused(query, n=number)
        assert code(error) == "INVALID_INPUT"
        assert error["extensions"]["argument"] == "atLeast"
