"""Complaints that are alike, laid together to save reading. Nothing that takes, times or decides a complaint reads any of it."""
