"""Carries facts up and editions down, in a process beside the lane; the two meet only at the journal."""
