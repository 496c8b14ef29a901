"""Rules: who may ask for each field; the hub does not start with a field that has none.

A rule says where it is decided who sees a field or may use it; what decides is there. Columns of
facts and nodes need none of their own: they are derived from `graph_schema`, and come with their
row.
"""

from collections.abc import Iterator, Mapping
from enum import Enum, auto
from typing import Any, Final

from graphql import GraphQLSchema, is_object_type

from hub.errors import HubError
from hub.graphql.derive import COLUMN


class Rule(Enum):
    """Who may ask for a field, and where that is decided."""

    EVERYBODY = auto()
    """It tells nothing that is anybody's."""
    VIEWER = auto()
    """Whoever the rows are for: the store's question carries who asks (decision 0026)."""
    WITH_ITS_OWNER = auto()
    """Whoever was given the thing that it is a part of."""
    OPERATOR = auto()
    """Operators of the program alone (`hub.oauth.writers`)."""
    COUNTS = auto()
    """Researchers, and operators of the program: counts of 10 and more, of nothing named."""
    ROUTER = auto()
    """Clients that may ask as a router alone."""


class NoRuleError(HubError):
    """A field was added, and nobody said who may ask for it."""


Rules = Mapping[str, Mapping[Rule, str]]
"""The fields of each type, by rule; the types of pages are named by their ends."""

RULES: Final[Rules] = {
    "Query": {
        Rule.EVERYBODY: "revision",
        Rule.VIEWER: (
            "eligibility eligibilityList bindings sharedSuppliers program programs agreement "
            "agreements buyers organization worksite commodity suppliers worksites changes search "
            "node nodes"
        ),
        Rule.OPERATOR: "proposal proposals",
        Rule.COUNTS: "sourcingCounts",
        Rule.ROUTER: "_entities _service",
    },
    "Mutation": {Rule.OPERATOR: "recordFacts withdrawFact applyProposal rejectProposal"},
    "Subscription": {Rule.VIEWER: "standingChanged eligibilityChanged"},
    "Program": {
        Rule.WITH_ITS_OWNER: "id",
        Rule.VIEWER: (
            "parent workerOrganizations monitor agreements buyers standings stateRules mechanisms "
            "figures lastSync lastSyncs"
        ),
    },
    "Organization": {
        Rule.WITH_ITS_OWNER: "id name aliases country",
        Rule.VIEWER: (
            "externalIds ties standings standingHistory buyers eligibility signatures worksites "
            "suppliers"
        ),
    },
    "Worksite": {
        Rule.WITH_ITS_OWNER: "id name aliases country",
        Rule.VIEWER: (
            "externalIds ties standings standingHistory buyers eligibility osId products operator "
            "movedTo"
        ),
    },
    "Agreement": {
        Rule.WITH_ITS_OWNER: "id",
        Rule.VIEWER: "program under supersedes clauses signatures evidence",
    },
    "Clause": {
        Rule.WITH_ITS_OWNER: "id",
        Rule.VIEWER: "evidence standingProgram products worksites",
    },
    "Commodity": {Rule.WITH_ITS_OWNER: "id code", Rule.VIEWER: "parent"},
    "Standing": {
        Rule.WITH_ITS_OWNER: (
            "id recordedAt withdrawnAt effect until confirmedOn track since startKnown"
        ),
        Rule.VIEWER: "evidence subject program products",
    },
    "SourcingLink": {
        Rule.WITH_ITS_OWNER: "id recordedAt withdrawnAt",
        Rule.VIEWER: "evidence buyer supplier product",
    },
    "Signature": {
        Rule.WITH_ITS_OWNER: "id recordedAt withdrawnAt",
        Rule.VIEWER: "evidence organization agreement",
    },
    "Tie": {Rule.WITH_ITS_OWNER: "id", Rule.VIEWER: "evidence from to program"},
    "ExternalId": {Rule.WITH_ITS_OWNER: "scheme value since until"},
    "StateRule": {Rule.WITH_ITS_OWNER: "id", Rule.VIEWER: "evidence"},
    "Mechanism": {Rule.WITH_ITS_OWNER: "id", Rule.VIEWER: "evidence"},
    "Figure": {Rule.WITH_ITS_OWNER: "id", Rule.VIEWER: "evidence"},
    "Evidence": {
        Rule.WITH_ITS_OWNER: "row retrievedAt knownOn confidence",
        Rule.VIEWER: "source run",
    },
    "FactSource": {Rule.WITH_ITS_OWNER: "id"},
    "SyncRun": {
        Rule.WITH_ITS_OWNER: (
            "id feed startedAt finishedAt readAt outcome complete added changed ended unchanged "
            "setAsideCount"
        ),
        Rule.VIEWER: "program setAside",
    },
    "RowProblem": {Rule.WITH_ITS_OWNER: "row column code message"},
    "Eligibility": {
        Rule.WITH_ITS_OWNER: "asOf knownAt verdict reason revision cursor summary rulings notices",
        Rule.VIEWER: "buyer supplier product",
    },
    "EligibilityList": {Rule.WITH_ITS_OWNER: "rows counts revision"},
    "EligibilityRow": {
        Rule.WITH_ITS_OWNER: "index reference verdict reason problem eligibility",
    },
    "EligibilityNotice": {Rule.WITH_ITS_OWNER: "code text", Rule.VIEWER: "subject"},
    "VerdictCount": {Rule.WITH_ITS_OWNER: "verdict count"},
    "Ruling": {
        Rule.WITH_ITS_OWNER: "verdict reason explanation evidenceAgeDays freshUntil wouldChange",
        Rule.VIEWER: "agreement clause program standings",
    },
    "Binding": {Rule.WITH_ITS_OWNER: "eligibility", Rule.VIEWER: "buyer"},
    "SharedSupplier": {Rule.VIEWER: "supplier standings programs buyers disagree"},
    "SourcingCount": {Rule.WITH_ITS_OWNER: "country links", Rule.VIEWER: "product"},
    "GraphChange": {
        Rule.WITH_ITS_OWNER: "id cursor revision kind fact factKind summary actor recordedAt",
        Rule.VIEWER: "program subject before after",
    },
    "Revision": {Rule.EVERYBODY: "id recordedAt"},
    "Proposal": {
        Rule.WITH_ITS_OWNER: (
            "id state held forAnotherClient sentBy sentAt dated decidedBy decidedAt reason program "
            "run changes"
        ),
    },
    "ProposalPayload": {Rule.WITH_ITS_OWNER: "proposal problems revision"},
    "RecordFactsPayload": {Rule.WITH_ITS_OWNER: "recorded unchanged changes problems revision"},
    "FactReference": {Rule.WITH_ITS_OWNER: "index id kind"},
    "InvalidInput": {Rule.WITH_ITS_OWNER: "code message path"},
    "UnknownReference": {Rule.WITH_ITS_OWNER: "code message path reference"},
    "NotAllowed": {Rule.WITH_ITS_OWNER: "code message path"},
    "Conflict": {Rule.WITH_ITS_OWNER: "code message path"},
    "Held": {Rule.WITH_ITS_OWNER: "code message path proposal"},
    "_Service": {Rule.ROUTER: "sdl"},
    "PageInfo": {Rule.EVERYBODY: "hasNextPage hasPreviousPage startCursor endCursor"},
    "Connection": {Rule.WITH_ITS_OWNER: "edges nodes pageInfo", Rule.VIEWER: "totalCount"},
    "Edge": {Rule.WITH_ITS_OWNER: "cursor node score"},
}
_PAGES: Final = ("Connection", "Edge")


def check(schema: GraphQLSchema) -> None:
    """Refuse a schema that has a field without a rule.

    Raises:
        NoRuleError: It has; the message names each.
    """
    missing = [".".join(each) for each in asked(schema) if each not in _RULED]
    if missing:
        msg = f"{', '.join(missing)}: no rule says who may; give one in hub/graphql/rules.py"
        raise NoRuleError(msg)


def asked(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Yield the fields of a schema that need a rule, as the rules name them."""
    for name, each in schema.type_map.items():
        if is_object_type(each) and not name.startswith("__"):
            kind = next((page for page in _PAGES if name.endswith(page)), name)
            for field, declared in each.fields.items():
                made: Any = declared.extensions.get("strawberry-definition")
                if COLUMN not in getattr(made, "metadata", ()):
                    yield kind, field


def rule(kind: str, field: str) -> Rule:
    """Return the rule of a field."""
    return _RULED[kind, field]


_RULED: Final[Mapping[tuple[str, str], Rule]] = {
    (kind, field): rule
    for kind, fields in RULES.items()
    for rule, named in fields.items()
    for field in named.split()
}
