"""Fair Food Program: growers and buyers of fresh produce, monitored by the FFSC."""

from adapters.fair_food_program.participants import participants
from adapters.fair_food_program.weekly import weekly

__all__ = ["participants", "weekly"]
