"""The barcode cases: how each kind is put to core.barcode, and how answers are compared."""
