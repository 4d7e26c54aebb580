"""Names: the wire format, one resolver asked, a name looked up."""
