"""The scan again and again: files, metrics and alerts that follow the fleet."""
