"""The diagnostic agent: configuration, examination, diagnosis, remedies, status, and the commands around them."""

__version__ = "0.1.0"
