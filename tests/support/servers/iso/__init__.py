"""An acquirer's host: messages by iso8583sim, a library other than the one under test; lengths, TPDU and header by hand."""
