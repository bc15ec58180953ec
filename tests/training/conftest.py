"""What TensorFlow reads from the environment, set before a test imports it; who needs a card."""

import pytest

import mnist_core.training.tensorflow_env  # noqa: F401


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("gpu") is None:
        return
    import tensorflow as tf

    if not tf.config.list_physical_devices("GPU"):
        pytest.skip("needs a graphics card that TensorFlow sees")
