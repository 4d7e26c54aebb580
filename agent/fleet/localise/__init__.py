"""One fault or many, and where: a scan over counts, from whoever has them. Nothing here reads a file or a clock."""
