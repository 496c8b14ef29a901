"""Long lists: taken over HTTP, answered slice by slice, fetched when they are done."""
