"""The Dindigul Agreement's own documents."""
