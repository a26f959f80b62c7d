"""Grasp: the scene, its objects and its scripted expert."""
