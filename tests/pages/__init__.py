"""Every paper as a picture, in each language, on screens and on paper: `make test-pages`, not part of `make test`."""
