"""Ringing up published real trade: the data sets as baskets and goods, and their exact totals by day."""
