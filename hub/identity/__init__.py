"""Who is who: public ids, references, and what they stand for."""
