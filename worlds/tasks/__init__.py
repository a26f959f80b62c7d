"""The scenes of the tasks. Worlds/tasks/<name>.py holds the class <Name> for
config/tasks/<name>.yaml."""
