"""What everything else stands on: texts made safe, two languages, clocks, deadlines. Imports nothing of ours."""
