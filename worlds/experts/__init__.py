"""Scripted policies that look at the truth: worlds/experts/<name>.py holds the class <Name>Expert."""
