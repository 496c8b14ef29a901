"""Worlds that two programs write by and by, at random, and who looks at them."""

# Strategies are built of lambdas, whose arguments nothing types.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from dataclasses import replace
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from hub.store.port import PUBLIC, SHELL, Store, Viewer
from tests.store.worlds import company, numbers, program, said, site, standing

AT_LENGTH: Final = settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""Of a test that plays whole histories, the same ones each time."""
SITES: Final = ("alpha:s1", "alpha:s2", "alpha:s3", "beta:s1")
PLACES: Final = (*SITES, "alpha:group")
WORDS: Final = ("listed", "closed", "on track", "behind", "barred", "cleared")
DAYS: Final = ("2014", "2014-07", "2015-01-01", "2015-06-30", "2016-01/2016-03", "2017-02-01")
EXACT: Final = ("2015-01-01", "2015-06-30", "2016-02-01", "2017-02-01")
FIXED: Final = (
    *program("alpha"),
    *program("beta", publishesStandings=False),
    company("alpha", "buyer"),
    company("alpha", "shop", country="US"),
    company("alpha", "group", country="KR"),
    *(site(reference.partition(":")[0], reference[-1]) for reference in SITES),
)


def maybe(values: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.none() | st.sampled_from(values)


def of(code: str) -> st.SearchStrategy[dict[str, Any]]:
    """Lines that a program may say."""
    states = st.builds(
        lambda subject, state, since, more: standing(
            code, subject, state, since, **{key: value for key, value in more.items() if value}
        ),
        st.sampled_from(PLACES),
        st.sampled_from(WORDS),
        st.sampled_from(DAYS),
        st.fixed_dictionaries(
            {
                "until": maybe(("2018-01-01",)),
                "announcedUntil": maybe(("2017-12-31",)),
                "products": maybe((["jeans"],)),
                "regions": maybe((["BD-C"],)),
                "note": maybe(("a note", "another")),
            }
        ),
    )
    ties = st.builds(
        lambda kind, begin, end, since: said(
            code, "tie", kind=kind, from_=begin, to=end, **({"since": since} if since else {})
        ),
        st.sampled_from(("PART_OF", "OPERATED_BY", "MOVED_TO", "DELIVERS_TO")),
        st.sampled_from(SITES),
        st.sampled_from(PLACES),
        maybe(EXACT),
    )
    links = st.builds(
        lambda buyer, supplier, since, published: said(
            code, "sourcing", buyer=buyer, supplier=supplier, since=since, published=published
        ),
        st.sampled_from(("alpha:buyer", "alpha:shop")),
        st.sampled_from(PLACES),
        st.sampled_from(DAYS),
        st.booleans(),
    )
    signatures = st.builds(
        lambda buyer, since, options: said(
            code, "signature", organization=buyer, agreement=f"{code}:a1", since=since,
            **({} if options is None else {"options": options}),
        ),
        st.sampled_from(("alpha:buyer", "alpha:shop")),
        st.sampled_from(EXACT),
        maybe(([], ["knit"])),
    )  # fmt: skip
    places = st.builds(
        lambda number, name, country, products: site(
            code, number, name=name, country=country, products=products
        ),
        st.integers(1, 3),
        st.sampled_from(("Ährenfeld Mill", "Old Mill", "Site")),
        st.sampled_from(("BD", "PK")),
        st.sampled_from(([], ["jeans"], ["garments", "jeans"])),
    )
    hidden = states.map(lambda line: line | {"standing": line["standing"] | {"published": False}})
    return st.one_of(states, hidden, ties, links, signatures, places)


def generations() -> st.SearchStrategy[list[list[dict[str, Any]]]]:
    """Some writes, one after the other; a line may state since when it is known."""
    line = st.sampled_from(("alpha", "beta")).flatmap(of)
    known = st.builds(lambda said, on: said | ({"knownOn": on} if on else {}), line, maybe(EXACT))
    one = st.lists(known, min_size=1, max_size=12, unique_by=_about)
    return st.lists(one, min_size=1, max_size=3)


def _about(line: dict[str, Any]) -> str:
    """Return what a line is about, so that no two of one write contradict each other."""
    [word] = [key for key in line if key not in ("program", "knownOn")]
    given = {key: line[word].get(key) for key in _KEYS}
    return f"{line['program']} {word} {given}"


_KEYS: Final = (
    "subject", "since", "reference", "kind", "from", "to", "buyer", "supplier", "organization",
)  # fmt: skip


WHO: Final = ("public", "shell", "operator", "brand", "its answer", "supplier")


async def viewer(store: Store, who: str) -> Viewer:
    """Return who asks, of those who are named in every world."""
    alpha, shop, first, other = await numbers(
        store, "program:alpha", "alpha:shop", "alpha:s1", "beta:s1"
    )
    brand = Viewer(buyer=shop, own=(first, other))
    return {
        "public": PUBLIC,
        "shell": SHELL,
        "operator": Viewer(programs=(alpha,)),
        "brand": brand,
        "its answer": replace(brand, answered=True),
        "supplier": Viewer(own=(other,)),
    }[who]
