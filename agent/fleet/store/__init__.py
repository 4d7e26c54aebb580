"""What a fleet was like, day by day, as files that any engine reads: Parquet."""
