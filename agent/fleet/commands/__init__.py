"""`posdiag fleet …`: one file a command, each imports what it needs when it runs."""
