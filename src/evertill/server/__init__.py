"""The server: gate, fact stores, publishing."""
