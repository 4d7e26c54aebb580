"""The fleet's answer as one page that opens anywhere: what is broken where, one fault or many, and who has to act."""
