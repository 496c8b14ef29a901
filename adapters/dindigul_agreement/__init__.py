"""Dindigul Agreement: named garment units and a spinning mill in Tamil Nadu."""
