"""Long lists as jobs, over HTTP."""
