"""What people see: the first screen of twelve faults, made in the lab's worlds, at three widths and in both languages."""
