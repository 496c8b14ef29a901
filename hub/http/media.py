"""The types of what is sent."""

from typing import Final

JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
PROBLEM: Final = "application/problem+json"
