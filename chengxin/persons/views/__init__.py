"""The room's pages by who opens them."""
