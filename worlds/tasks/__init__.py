"""The tasks: <name>/scene.py and expert.py belong to config/tasks/<name>.yaml."""
