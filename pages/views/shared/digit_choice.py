"""The choice of one digit, or of all."""

from mnist_core.config import CLASSES

ALL = "All"
ALL_OR_ONE = (ALL, *map(str, range(CLASSES)))
