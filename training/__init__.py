"""Recipes that join worlds, episodes and policies."""
