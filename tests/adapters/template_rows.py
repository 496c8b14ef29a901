"""A row of each table of the operator's template, and what it says."""

from typing import Final

TABLES: Final = {
    "organizations": (
        {
            "reference": "exa:o1", "name": "Example Farms", "aliases": "Example|Farms, Inc",
            "roles": "BUYER|SUPPLIER", "country": "US", "regions": "US-FL | US-GA",
            "externalIds": "exa:77",
        },
        {
            "organization": {
                "reference": "exa:o1", "name": "Example Farms",
                "aliases": ["Example", "Farms, Inc"],
                "roles": ["BUYER", "SUPPLIER"], "country": "US", "regions": ["US-FL", "US-GA"],
                "externalIds": ["exa:77"],
            }
        },
    ),
    "worksites": (
        {
            "reference": "exa:1", "name": "Example Site", "aliases": "Site", "kind": "farm",
            "address": "1 Example Road", "city": "Exampleton", "country": "BD", "region": "BD-13",
            "products": "garments|jeans", "latitude": "23.5", "longitude": "-90", "workers": "120",
            "closedOn": "2026", "externalIds": "exa:9",
        },
        {
            "worksite": {
                "reference": "exa:1", "name": "Example Site", "aliases": ["Site"], "kind": "farm",
                "address": "1 Example Road", "city": "Exampleton", "country": "BD",
                "region": "BD-13", "products": ["garments", "jeans"], "latitude": 23.5,
                "longitude": -90.0, "workers": 120, "closedOn": "2026", "externalIds": ["exa:9"],
            }
        },
    ),
    "ties": (
        {"kind": "PART_OF", "from": "exa:1", "to": "exa:o1", "since": "2022-08", "until": "2023"},
        {
            "tie": {
                "kind": "PART_OF", "from": "exa:1", "to": "exa:o1", "since": "2022-08",
                "until": "2023",
            }
        },
    ),
    "standings": (
        {
            "subject": "exa:1", "state": "on track", "track": "repair", "since": "2022-Q3",
            "observed": "2022-09-01", "until": "2023-01-31", "announcedUntil": "2023-01",
            "products": "jeans", "regions": "BD-13", "confirmedOn": "2022-12-01",
            "published": "no", "note": "as agreed",
        },
        {
            "standing": {
                "subject": "exa:1", "state": "on track", "track": "repair",
                "since": "2022-07/2022-09", "observed": "2022-09-01", "until": "2023-01-31",
                "announcedUntil": "2023-01", "products": ["jeans"], "regions": ["BD-13"],
                "confirmedOn": "2022-12-01", "published": False, "note": "as agreed",
            }
        },
    ),
    "confirmations": (
        {"on": "2026-11-01", "tracks": "listing|repair", "except": "exa:2|exa:3"},
        {
            "confirmation": {
                "on": "2026-11-01", "tracks": ["listing", "repair"], "except": ["exa:2", "exa:3"],
            }
        },
    ),
    "agreements": (
        {
            "reference": "exa:a2", "name": "Second", "framework": "yes", "under": "exa:a0",
            "supersedes": "exa:a1", "concludedOn": "2022", "inForceFrom": "2022-08-01",
            "inForceUntil": "2023", "term": "AUTO_RENEWED", "renewedUntil": "2024",
            "legallyBinding": "1", "signatoriesComplete": "TRUE",
        },
        {
            "agreement": {
                "reference": "exa:a2", "name": "Second", "framework": True, "under": "exa:a0",
                "supersedes": "exa:a1", "concludedOn": "2022", "inForceFrom": "2022-08-01",
                "inForceUntil": "2023", "term": "AUTO_RENEWED", "renewedUntil": "2024",
                "legallyBinding": True, "signatoriesComplete": True,
            }
        },
    ),
    "clauses": (
        {
            "agreement": "exa:a2", "duty": "PREFER", "text": "Prefer them.",
            "standingProgram": "example-beta", "option": "home", "products": "garments",
            "countries": "BD|PK", "regions": "BD-13", "worksites": "exa:1",
            "unlisted": "PROHIBITED",
        },
        {
            "clause": {
                "agreement": "exa:a2", "duty": "PREFER", "text": "Prefer them.",
                "standingProgram": "example-beta", "option": "home", "products": ["garments"],
                "countries": ["BD", "PK"], "regions": ["BD-13"], "worksites": ["exa:1"],
                "unlisted": "PROHIBITED",
            }
        },
    ),
    "signatures": (
        {
            "organization": "exa:o1", "agreement": "exa:a2", "role": "SUPPLIER", "since": "2022",
            "until": "2023", "options": "home|spinning", "coversGroup": "false", "signed": "0",
        },
        {
            "signature": {
                "organization": "exa:o1", "agreement": "exa:a2", "role": "SUPPLIER",
                "since": "2022", "until": "2023", "options": ["home", "spinning"],
                "coversGroup": False, "signed": False,
            }
        },
    ),
    "sourcing": (
        {
            "buyer": "exa:o1", "supplier": "exa:1", "product": "jeans", "since": "2022",
            "until": "2023", "published": "yes",
        },
        {
            "sourcing": {
                "buyer": "exa:o1", "supplier": "exa:1", "product": "jeans", "since": "2022",
                "until": "2023", "published": True,
            }
        },
    ),
    "volumes": (
        {
            "pool": "exa:p", "buyer": "exa:o1", "product": "milk", "kind": "BUYER_DEMAND",
            "since": "2022-01-01", "until": "2022-04-01", "quantity": "1250.5", "unit": "t",
        },
        {
            "volume": {
                "pool": "exa:p", "buyer": "exa:o1", "product": "milk", "kind": "BUYER_DEMAND",
                "since": "2022-01-01", "until": "2022-04-01", "quantity": 1250.5, "unit": "t",
            }
        },
    ),
}  # fmt: skip
"""Of each table a row with every column, and the same as in a line of the exchange format."""
