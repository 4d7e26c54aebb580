"""The record of application messages sent to acquirers, who limit them: it holds across restarts and beside `--check`."""
