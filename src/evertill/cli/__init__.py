"""The verbs: one file each. The only place where real things are wired together."""
