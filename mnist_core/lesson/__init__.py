"""What the lesson says and asks: glossary, worksheets, assignments, the code of Keras."""
