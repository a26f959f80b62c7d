"""The scenes of the tasks: worlds/tasks/<name>.py holds the class <Name> for config/tasks/<name>.yaml."""
