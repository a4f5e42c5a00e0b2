"""What the course says: data files, and the one way to read them."""
