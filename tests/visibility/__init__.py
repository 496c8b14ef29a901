"""Who sees what: nobody sees, or learns of, what is not its own."""
