"""Growers: a name under a crop and a state is a sighting of that grower in the program.

The program's lists say who takes part, with which crop, in which state; they do not say since when
(facts S007, S018). So each name is a state that was seen, on the day of the list, and reaches no
further than the crop and the state that it stands under.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from pydantic import ValidationError

from adapters.kit.gate import shown
from adapters.kit.names import Reading
from adapters.kit.parsed import Parsed, ProblemCode, RowProblem, line, problems
from graph_schema.days import PartialDate
from graph_schema.exchange import Bookkeeping
from graph_schema.standing import Standing
from graph_schema.texts import folded

PARTICIPATING: Final = "participating"
"""The program's word for who stands on its lists (facts tv001)."""
_CODES: Final = (
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|"
    "DE Delaware|DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|"
    "IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|"
    "MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|"
    "NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|"
    "OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|PR Puerto Rico|RI Rhode Island|"
    "SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|"
    "WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming"
)
"""ISO 3166-2:US, each code before its name."""
_STATES: Final = {
    folded(spelling): f"US-{each[:2]}"
    for each in _CODES.split("|")
    for spelling in (each[:2], each[3:])
}


def region(state: str) -> str | None:
    """Return the ISO 3166-2 code of a state of the United States; none where it is no such."""
    return _STATES.get(folded(state))


@dataclass(slots=True)
class Growers:
    """What a list says of growers, in the making.

    Attributes:
        seen: The day of the list.
    """

    reading: Reading
    seen: PartialDate
    parsed: Parsed = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing said but the day."""
        self.parsed = Parsed(kinds={Standing}, dated=date.fromordinal(self.seen.last))

    def take(self, row: int, name: str, crop: str, state: str) -> None:
        """Take in a name under a crop and a state, or set the row aside."""
        reference = self.reading.names.who(name)
        if reference is None:
            self.parsed.problems.append(self.reading.unknown(row, name))
            return
        place = region(state)
        if place is None:
            message = (
                f"{shown(state)} is no state of the United States as the list names them; "
                "send the row by the template"
            )
            code = ProblemCode.NEEDS_PERSON
            self.parsed.problems.append(RowProblem(row, code, message, "state", subject=reference))
            return
        given: dict[str, object] = {
            "subject": reference,
            "state": PARTICIPATING,
            "observed": self.seen,
            "products": [crop],
            "regions": [place],
        }
        try:
            told = line(self.reading.program, Standing, given, Bookkeeping(row=row))
        except ValidationError as error:
            self.parsed.problems += problems(error, row, subject=reference)
        else:
            self.parsed.lines.append(told)
