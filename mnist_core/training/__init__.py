"""Build a model and fit it: the only package that knows Keras.

Import ``training.tensorflow_env`` before TensorFlow; only worker processes and the command line do.
"""
