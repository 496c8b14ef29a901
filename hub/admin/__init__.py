"""Who is registered and what is signed with: one way for the command line and for HTTP."""
