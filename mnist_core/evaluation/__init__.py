"""From predictions to what they mean: accuracy, mistakes, diagnosis, doubtful labels."""
