"""UK fishing pilot: vessels of North-East Scotland; no clause that binds buyers is known."""
