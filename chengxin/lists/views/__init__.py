"""Pages of the lists: the desk, the owner's, the executor's, the platform's, everybody's."""
