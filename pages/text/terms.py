"""Words of the lesson where they stand on a page: each says what it means, and leads on."""

from mnist_core.lesson.glossary import TERMS


def linked_term(name: str, shown: str = "") -> str:
    """Write a word as Markdown that leads to its place in the glossary.

    Args:
        name: of the term.
        shown: as it stands in the sentence, where that is otherwise: "parameters".

    Returns:
        A link that opens beside the page; whoever points at it reads the meaning.

    Raises:
        KeyError: the glossary does not have it.
    """
    term = TERMS[name]
    return f'[{shown or name}](glossary#{term.anchor} "{term.meaning}")'
