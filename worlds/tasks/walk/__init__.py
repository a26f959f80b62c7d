"""Walk: the scene and its scripted expert."""
