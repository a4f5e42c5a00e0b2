"""The explorers of the room."""
