"""The one way in: fetch, parse, check, resolve, compare, write, derive."""
