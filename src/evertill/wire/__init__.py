"""What travels between programs: entries, batches, answers, editions, signatures."""
