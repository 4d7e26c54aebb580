"""What observations mean: outcome and symptom from typed facts. Pure: nothing here opens, asks or waits."""
