"""Whose rules and decisions are whose."""
