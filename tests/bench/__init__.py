"""What posdiag costs and how soon it knows, beside programs that do the nearest equal work: `make bench`, as root. Fails no test."""
