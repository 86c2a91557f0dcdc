"""A shop's own list of goods: from the bytes of a file to a change of the catalogue."""
