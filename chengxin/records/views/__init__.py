"""Pages of the credit file: the officer's, the owner's, and the public check of a report."""
