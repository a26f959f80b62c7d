"""What happened: one file per episode, committed whole or not at all."""
