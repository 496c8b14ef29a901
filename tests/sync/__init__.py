"""Tests of the sync engine, on two made-up programs, through its public doors."""
