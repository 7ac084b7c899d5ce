"""The host loop: windows of steps go to signs, disk and reporters."""
