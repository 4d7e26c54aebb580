"""How a fleet fares from day to day, and whether it fares otherwise since a date: from what scans kept."""
