"""The closed lists of words that facts and answers are made of."""

from enum import StrEnum


class Kind(StrEnum):
    """What a node of the graph is."""

    PROGRAM = "PROGRAM"
    """A program that binds buyers."""
    ORGANIZATION = "ORGANIZATION"
    """A buyer, a supplier, or another body."""
    WORKSITE = "WORKSITE"
    """A place of work: farm, factory, vessel."""
    AGREEMENT = "AGREEMENT"
    """What buyers sign."""
    COMMODITY = "COMMODITY"
    """A product, or a group of products."""


class ProgramStatus(StrEnum):
    """Whether a program runs."""

    ACTIVE = "ACTIVE"
    """It runs."""
    PILOT = "PILOT"
    """It is tried out."""
    ENDED = "ENDED"
    """It runs no more."""


class Role(StrEnum):
    """What an organisation is to a program or an agreement; one may hold several."""

    BUYER = "BUYER"
    """It buys, and may sign."""
    SUPPLIER = "SUPPLIER"
    """It supplies."""
    WORKER_ORGANIZATION = "WORKER_ORGANIZATION"
    """It speaks for workers, and is no union."""
    UNION = "UNION"
    """It is a union."""
    MONITOR = "MONITOR"
    """It inspects and audits."""
    ASSOCIATION = "ASSOCIATION"
    """It speaks for companies."""
    GOVERNING_BODY = "GOVERNING_BODY"
    """It governs a program."""


class Term(StrEnum):
    """How an agreement ends."""

    FIXED = "FIXED"
    """On a stated day."""
    COMPUTED = "COMPUTED"
    """On a day computed from its length; whether it was renewed is not known."""
    AUTO_RENEWED = "AUTO_RENEWED"
    """It states that it renews itself."""
    OPEN = "OPEN"
    """It has no end."""
    NOT_FOUND = "NOT_FOUND"
    """Its end was looked for and not found; it counts as in force."""


class Duty(StrEnum):
    """What a clause obliges a buyer to do; it labels a ruling and never grades it."""

    EXCLUSIVE = "EXCLUSIVE"
    """Buy from suppliers in the program alone."""
    PREFER = "PREFER"
    """Prefer suppliers in the program."""
    STOP_SUSPENDED = "STOP_SUSPENDED"
    """Stop buying from suspended suppliers."""
    TERMINATE_INELIGIBLE = "TERMINATE_INELIGIBLE"
    """End business with suppliers that are barred."""
    REDUCE_ORDERS = "REDUCE_ORDERS"
    """Cut orders."""
    BUSINESS_CONSEQUENCES = "BUSINESS_CONSEQUENCES"
    """Impose consequences on business."""
    VOLUME_BALANCE = "VOLUME_BALANCE"
    """Buy no more than enrolled suppliers supply."""
    PAY_PREMIUM = "PAY_PREMIUM"
    """Pay a premium."""


class Unlisted(StrEnum):
    """What a clause says of a supplier that is in scope but not in the program."""

    PROHIBITED = "PROHIBITED"
    """It may not be bought from."""
    NOT_COVERED = "NOT_COVERED"
    """The clause says nothing of it."""


class TieKind(StrEnum):
    """How one subject is tied to another."""

    PART_OF = "PART_OF"
    """An organisation or worksite belongs to a group."""
    OPERATED_BY = "OPERATED_BY"
    """A worksite is run by an organisation."""
    MOVED_TO = "MOVED_TO"
    """A worksite's work went to another; standing does not move with it."""
    DELIVERS_TO = "DELIVERS_TO"
    """Product goes from one subject to the next: farm, broker, maker, pool."""


class VolumeKind(StrEnum):
    """Which side of a volume balance a quantity stands on."""

    ENROLLED_SUPPLY = "ENROLLED_SUPPLY"
    """What the farms in the program supplied to the pool, suspended farms left out."""
    BUYER_DEMAND = "BUYER_DEMAND"
    """What one buyer took from the pool."""


class Presence(StrEnum):
    """Whether a program has a mechanism."""

    YES = "YES"
    """It has it."""
    PLANNED = "PLANNED"
    """It is planned."""
    PARTLY = "PARTLY"
    """It has a part of it."""
    NO = "NO"
    """It has it not."""
    UNCLEAR = "UNCLEAR"
    """Sources do not tell."""


class Confidence(StrEnum):
    """How sure a source is."""

    HIGH = "high"
    """The program, its monitor or a party says so, or several sources do."""
    MEDIUM = "medium"
    """One secondary source says so, or it is derived."""
    LOW = "low"
    """It is assumed; a signature of low confidence binds with a notice."""


class Effect(StrEnum):
    """What a program's own word means for a purchase."""

    GOOD_STANDING = "GOOD_STANDING"
    """The buyer may buy."""
    FINDINGS = "FINDINGS"
    """The buyer may buy; corrective action is open."""
    AT_RISK = "AT_RISK"
    """The buyer may buy; escalation is under way."""
    RESTRICTED = "RESTRICTED"
    """Orders must be cut or a consequence imposed."""
    INELIGIBLE = "INELIGIBLE"
    """The buyer may not buy."""
    CLOSED = "CLOSED"
    """The site does not operate."""
    NOT_IN_PROGRAM = "NOT_IN_PROGRAM"
    """The supplier never joined, or left."""
    NO_EFFECT = "NO_EFFECT"
    """It tells something, and grades nothing by itself."""


class Verdict(StrEnum):
    """The answer to a question of eligibility, worst first."""

    INELIGIBLE = "INELIGIBLE"
    """An agreement obliges the buyer not to buy."""
    CLOSED = "CLOSED"
    """The site does not operate: there is nothing to buy."""
    RESTRICTED = "RESTRICTED"
    """Orders must be cut or a consequence imposed, not a full stop."""
    UNKNOWN = "UNKNOWN"
    """Evidence is missing, stale or set aside, or dates are too coarse."""
    AT_RISK = "AT_RISK"
    """The buyer may buy; escalation is under way."""
    NOT_IN_PROGRAM = "NOT_IN_PROGRAM"
    """In scope, but the supplier never joined or left, and no clause forbids it."""
    ELIGIBLE_WITH_FINDINGS = "ELIGIBLE_WITH_FINDINGS"
    """The buyer may buy; corrective action is open."""
    ELIGIBLE = "ELIGIBLE"
    """The buyer may buy."""
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    """The buyer signed, but this purchase is not covered."""
    NOT_BOUND = "NOT_BOUND"
    """No signature in force concerns the purchase."""


class Reason(StrEnum):
    """Why a verdict is what it is. Of equal verdicts the reason that stands first decides."""

    NO_SIGNATURE = "NO_SIGNATURE"
    """The buyer has not signed an agreement that covers the purchase, or only later."""
    FRAMEWORK_ONLY = "FRAMEWORK_ONLY"
    """The buyer signed the framework, but no agreement under it for this country."""
    SIGNATURE_ENDED = "SIGNATURE_ENDED"
    """The buyer's signature ended."""
    AGREEMENT_NOT_IN_FORCE = "AGREEMENT_NOT_IN_FORCE"
    """The agreement has ended or not begun."""
    TERM_PASSED_RENEWAL_UNKNOWN = "TERM_PASSED_RENEWAL_UNKNOWN"
    """The computed term has passed; whether it was renewed is not known."""
    RENEWAL_UNKNOWN = "RENEWAL_UNKNOWN"
    """The agreement ended; the successor's signatory list is incomplete."""
    GROUP_COVERAGE_UNKNOWN = "GROUP_COVERAGE_UNKNOWN"
    """The buyer's group signed; whether that covers its members is not known."""
    OPTION_UNKNOWN = "OPTION_UNKNOWN"
    """The purchase is covered by an option; whether the buyer took it up is not known."""
    PRODUCT_OUT_OF_SCOPE = "PRODUCT_OUT_OF_SCOPE"
    """No clause covers the product."""
    COUNTRY_OUT_OF_SCOPE = "COUNTRY_OUT_OF_SCOPE"
    """No clause covers the country or region of the site."""
    SITE_NOT_NAMED = "SITE_NOT_NAMED"
    """The clause covers named sites, and this is none of them."""
    OPTION_NOT_TAKEN = "OPTION_NOT_TAKEN"
    """The purchase is covered by an option that the buyer did not take up."""
    IN_GOOD_STANDING = "IN_GOOD_STANDING"
    """The supplier is in good standing."""
    FINDINGS_OPEN = "FINDINGS_OPEN"
    """The supplier carries out a corrective action plan."""
    ESCALATED = "ESCALATED"
    """Escalation is under way."""
    SUSPENDED = "SUSPENDED"
    """The supplier is suspended."""
    REENTRY_AUDIT_OUTSTANDING = "REENTRY_AUDIT_OUTSTANDING"
    """The announced period of a bar is over, what lifts it has not happened."""
    STAGE_3 = "STAGE_3"
    """The last step of the escalation protocol."""
    INELIGIBLE_NAMED = "INELIGIBLE_NAMED"
    """The program named the supplier ineligible."""
    TERMINATED = "TERMINATED"
    """Business with the supplier was ended by all signatories."""
    GROUP_TERMINATED = "GROUP_TERMINATED"
    """The bar on another member of the company group reaches this supplier."""
    NON_COMPLIANT = "NON_COMPLIANT"
    """The oversight body found the employer non-compliant."""
    CLOSED = "CLOSED"
    """The site does not operate."""
    NEVER_JOINED = "NEVER_JOINED"
    """The supplier never joined the program."""
    LEFT = "LEFT"
    """The supplier left the program."""
    NOT_LISTED = "NOT_LISTED"
    """The supplier is not on the program's list."""
    VOLUME_BALANCED = "VOLUME_BALANCED"
    """The volume from enrolled farms covers the buyer's demand."""
    VOLUME_BALANCE_SHORT = "VOLUME_BALANCE_SHORT"
    """The volume from enrolled farms falls short of the buyer's demand."""
    PRODUCT_TOO_BROAD = "PRODUCT_TOO_BROAD"
    """The evidence concerns only a part of what was asked; ask for the part."""
    STALE_EVIDENCE = "STALE_EVIDENCE"
    """The evidence is older than its feed allows."""
    STALE_BAR = "STALE_BAR"
    """The supplier was barred, and nobody has confirmed it for too long."""
    DATE_PRECISION = "DATE_PRECISION"
    """The dates are too coarse to tell."""
    NO_EVIDENCE = "NO_EVIDENCE"
    """The program says nothing of the supplier."""
    NO_BINDING_DUTY = "NO_BINDING_DUTY"
    """The supplier's program has no known clause that binds a buyer."""
    SITES_DIFFER = "SITES_DIFFER"
    """The organisation's sites, or its own suppliers, differ; ask for one of them."""
