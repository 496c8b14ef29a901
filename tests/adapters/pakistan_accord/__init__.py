"""The Pakistan Accord's own documents."""
