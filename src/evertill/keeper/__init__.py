"""The receiving end of replication: takes a lane's entries, once each, and says how far it holds them."""
