"""PyBullet worlds: bodies, sensors, tasks and randomisation."""
