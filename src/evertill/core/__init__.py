"""The rules of the shop, pure: no clock, no disk, no net, no chance, no log, no settings."""
