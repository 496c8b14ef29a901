"""Lesotho Agreement: named garment factories, judged by an oversight body."""
