"""Receipts and reports on paper, as PDF and on the screen, and a queue before every printer."""
