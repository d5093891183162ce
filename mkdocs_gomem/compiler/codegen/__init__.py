"""Order of evaluation made explicit, then Python text with a map back to Go's lines."""
