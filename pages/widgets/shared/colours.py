"""The colours of the charts for style sheets: one name for one idea, on every page."""

from mnist_core.charts import style

_NAMED = {
    "training": style.TRAINING,
    "validation": style.VALIDATION,
    "right": style.RIGHT,
    "wrong": style.WRONG,
    "positive": style.POSITIVE,
    "negative": style.NEGATIVE,
}


def colour_properties() -> str:
    """Return the style sheet that the frame of every page begins with: ``var(--training)`` ..."""
    declarations = " ".join(f"--{name}: {colour};" for name, colour in _NAMED.items())
    return f":root {{ {declarations} }}\n"
