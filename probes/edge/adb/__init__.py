"""Looking into an Android terminal from beside it, over this machine's adb server: read-only, fixed commands, bytes and time bounded."""
