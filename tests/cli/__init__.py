"""Tests of the command line, from the outside: what is typed, what is printed, how it ends."""
