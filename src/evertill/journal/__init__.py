"""The append-only chained log: open, append, sync, read, verify. Knows nothing of sales."""
