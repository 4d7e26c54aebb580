"""The fault lab: scenarios as data, played in worlds (`tests.world`), scored, and published as docs/accuracy.md (`make lab`)."""
