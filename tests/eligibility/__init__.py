"""Tests of the rule: cases that an operator can read, and the algebra behind them."""
