"""One examination: what to look at, looking side by side under one deadline, thresholds, premises."""
