"""What people do at each door of this room."""
