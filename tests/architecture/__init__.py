"""Tests of the house itself: what no module may know, and what is declared once."""
