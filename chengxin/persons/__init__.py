"""Personal data over the years: what is held, until when, what goes and why; erasure; keys; a city's settings as files."""
