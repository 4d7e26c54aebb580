"""The fault lab: scenarios as data, played in worlds (`tests.support.world`), scored, and published as docs/accuracy.md (`make lab`)."""
