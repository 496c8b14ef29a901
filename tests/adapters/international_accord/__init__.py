"""The International Accord's own documents."""
