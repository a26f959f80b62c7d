"""One file per command of `visuomotor …`."""
