"""Benchmarks: how long a cashier waits, each figure beside a bare baseline from the same minutes."""
