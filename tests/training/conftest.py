"""What TensorFlow reads from the environment, set before any test imports it."""

import mnist_core.training.tensorflow_env  # noqa: F401
