"""The audit log as people use it: signed heads, what shows that it is whole, who may read it."""
