"""Pages of the register, by door: parse, call, render."""
