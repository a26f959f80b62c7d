"""Plain values that every room shares. What a robot, a task, an observation, an action and a policy
are."""
