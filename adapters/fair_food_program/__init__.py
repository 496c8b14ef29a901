"""Fair Food Program: growers and buyers of fresh produce, monitored by the FFSC."""
