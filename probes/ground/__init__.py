"""What everything else stands on: texts made safe, two languages, small files, clocks, deadlines. Imports nothing of ours."""
