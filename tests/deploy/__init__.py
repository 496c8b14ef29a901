"""The image and the compose file, as far as they can be tested without a container engine."""
