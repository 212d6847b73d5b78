"""Notices: what happened and what is due, told to whom it concerns: an inbox, letters by mail, webhooks of platforms."""
