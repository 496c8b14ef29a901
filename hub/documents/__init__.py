"""Documents over HTTP: the empty template of a program, and what its operators send."""
