"""A whole driver for tests: a robot behind UDP datagrams of JSON, and its emulator. Robots/ finds
it like any other."""
