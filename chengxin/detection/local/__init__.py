"""Findings travel, data stay. The same detectors run inside a platform on its own files; what leaves is a signed package of findings with
digests of the rows they rest on, and nothing of a person.

The platform's side knows neither web application nor database: `home`, `making`, `sending`, `command`. The city's side: `models`, `intake`,
`rows`, `probes`. What travels is in `package`, which both sides read. docs/operate/local.md; docs/decisions/0061-local.md says what it
proves and what it does not.
"""
