"""Keep captures, record what was read, flag what does not add up, publish."""
