"""Turn one captured document into one filled-in form. No network, no database."""
