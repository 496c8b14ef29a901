"""Each program's own words mean what the domain says, no more and no fewer words.

The table below is the domain's, by program and track: words, their effect, the reason of a ruling
on them. A word that lifts, reaches the group or has its days is told apart beneath it.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

import pytest

from adapters.kit.adapter import Adapter, adapters
from graph_schema.standing import StateRule
from graph_schema.texts import folded
from hub.sync.sources import record

REAL: Final = {a.program: a for a in adapters().values() if not a.manifest.example}
GOOD: Final = "GOOD_STANDING"
NONE: Final = "NO_EFFECT"
LISTED: Final = {
    "covered listed active": f"{GOOD} -",
    "inactive independent no-brand archived": "NOT_IN_PROGRAM NOT_LISTED",
    "closed": "CLOSED -",
}
REMEDIED: Final = {
    "initial_CAP_completed": f"{GOOD} -",
    "on_track": "FINDINGS -",
    "behind_schedule": "AT_RISK -",
    "CAP_pending": f"{NONE} -",
}
ESCALATED: Final = {
    "stage_1 stage_2": "AT_RISK -",
    "stage_3": "INELIGIBLE STAGE_3",
    "ineligible": "INELIGIBLE INELIGIBLE_NAMED",
    "requalified de-escalated": f"{NONE} -",
}
ENROLLED: Final = {"left": "NOT_IN_PROGRAM LEFT", "outside": "NOT_IN_PROGRAM NEVER_JOINED"}
UNITS: Final = {
    "compliance": {"compliant": f"{GOOD} -", "non-compliant": "RESTRICTED -"},
}
NAMED: Final = {
    "listing": {"covered covered_unit": f"{GOOD} -", "closed": "CLOSED -"},
    **UNITS,
}
WORDS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "ffp": {
        "membership": {"participating certified": f"{GOOD} -", **ENROLLED},
        "standing": {
            "in_compliance": f"{GOOD} -",
            "corrective_action_plan": "FINDINGS -",
            "suspended": "INELIGIBLE SUSPENDED",
        },
        "audit": {
            "re-entry_audit_passed re-entry_audit_failed re-entry_audit_outstanding": f"{NONE} -",
        },
    },
    "bangladesh-accord": {
        "listing": LISTED,
        "remediation": REMEDIED,
        "escalation": {
            **ESCALATED,
            "terminated": "INELIGIBLE TERMINATED",
            "non-compliance_letter non-cooperation_letter notice_and_warning": "AT_RISK -",
        },
    },
    "international-accord": {},
    "pakistan-accord": {
        "listing": LISTED,
        "remediation": {**REMEDIED, "inspected": "FINDINGS -"},
        "escalation": ESCALATED,
    },
    "milk-with-dignity": {
        "membership": {"participating participating_farm": f"{GOOD} -", **ENROLLED},
        "standing": {
            "good_standing": f"{GOOD} -",
            "corrective_action_plan": "FINDINGS -",
            "suspended": "INELIGIBLE SUSPENDED",
        },
    },
    "lesotho-agreement": {
        "listing": {"covered covered_factory": f"{GOOD} -", "closed": "CLOSED -"},
        **UNITS,
    },
    "dindigul-agreement": NAMED,
    "central-java-agreement": NAMED,
    "uk-fishing-pilot": {"membership": {"in_programme in_pilot place_lost": f"{NONE} -"}},
}
LIFTED: Final = {
    ("ffp", "suspended"): "re-entry_audit_passed",
    ("milk-with-dignity", "suspended"): "good_standing",
    **{
        (program, word): "requalified de-escalated"
        for program in ("bangladesh-accord", "pakistan-accord")
        for word in ("stage 1", "stage 2", "stage 3", "ineligible")
    },
    ("bangladesh-accord", "terminated"): "requalified de-escalated",
}
"""The words that stand beside later ones until they are lifted, and what lifts them."""
GROUP_UNTIL: Final = date(2019, 5, 8)
"""Bars that began before this day reach the whole company group."""
LETTERS_UNTIL: Final = date(2018, 6, 1)
"""First day on which the letters were no words any more."""


def words(text: str) -> list[str]:
    """Return the words of a row of the table."""
    return [word.replace("_", " ") for word in text.split()]


def expected(program: str) -> set[tuple[str, str, str, str]]:
    """Return each word of a program with its track, effect and reason."""
    return {
        (track, word, *effect.split())
        for track, rows in WORDS[program].items()
        for told, effect in rows.items()
        for word in words(told)
    }  # pyright: ignore[reportReturnType]


def rules(adapter: Adapter) -> Iterator[StateRule]:
    """Yield the state rules of a program's record."""
    for line in record(adapter).lines:
        if isinstance(line.fact, StateRule):
            yield line.fact


def test_every_program_has_its_words_here() -> None:
    assert WORDS.keys() == REAL.keys()


@pytest.mark.parametrize("program", WORDS)
def test_a_programs_words_and_what_they_mean(program: str) -> None:
    found = {(r.track, r.state, r.effect, r.reason or "-") for r in rules(REAL[program])}
    assert found == expected(program)
    assert "probation" not in {folded(word) for _, word, _, _ in found}


@pytest.mark.parametrize("program", WORDS)
def test_what_lifts_a_word(program: str) -> None:
    for rule in rules(REAL[program]):
        assert set(rule.lifted_by) == set(words(LIFTED.get((program, rule.state), ""))), rule.state


@pytest.mark.parametrize("program", WORDS)
def test_the_days_of_a_word_and_its_reach(program: str) -> None:
    """Only words of the Bangladesh Accord have days, and only its bars reached the group."""
    dated = {
        (rule.state, rule.group, rule.since, rule.until)
        for rule in rules(REAL[program])
        if rule.group or rule.since or rule.until
    }
    if program != "bangladesh-accord":
        assert dated == set()
        return
    assert dated == {
        *((bar, True, None, GROUP_UNTIL) for bar in ("stage 3", "ineligible", "terminated")),
        *((bar, False, GROUP_UNTIL, None) for bar in ("stage 3", "ineligible")),
        ("non-compliance letter", False, None, LETTERS_UNTIL),
        ("non-cooperation letter", False, None, LETTERS_UNTIL),
        ("notice and warning", False, None, LETTERS_UNTIL),
    }


def test_only_an_audit_says_nothing_of_membership() -> None:
    silent = {
        (program, rule.track)
        for program, adapter in REAL.items()
        for rule in rules(adapter)
        if not rule.implies_membership
    }
    assert silent == {("ffp", "audit")}
