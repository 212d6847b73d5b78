"""Pages of this room, door by door."""
