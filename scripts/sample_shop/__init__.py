"""What goes into the sample shop: tables, and a choice among crowd-sourced names."""
