"""Pages of inspections, by door and noun."""
