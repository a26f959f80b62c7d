"""Reach: the scene, its goals and its scripted expert."""
