"""What the dumps of an Android device say, by key and never by place or release: parts of Android are updated apart from the whole, and an
older one may print the newest form. What is not found is None."""
