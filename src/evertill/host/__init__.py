"""The real clock, disk and chance: the only code that touches the operating system."""
