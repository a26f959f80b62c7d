"""What `visuomotor bench` measures, each figure against a floor in the same run."""
