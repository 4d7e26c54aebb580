"""Receives what terminals push, and shows what the fleet is like: `posdiag fleet serve`.

Two processes, so that neither waits for the other. The first one receives: it holds a request against the tokens and the limits, appends
it to the journal and answers. The second one judges: it follows the journal, keeps the table of terminals, and lays down the answer and
the page every so many seconds, which the first one hands out as they are.
"""
