"""The Lesotho Agreement's own documents."""
