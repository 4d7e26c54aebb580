"""A person is led through the steps: the terminal or the lines by which we talk, the looks that go on meanwhile, and their order."""
