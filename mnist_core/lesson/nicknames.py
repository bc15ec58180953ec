"""Names for people of a class who need not tell theirs: "brave otter". Standard library only."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Final

_ADJECTIVES: Final = """
    able agile amber bold brave breezy bright brisk busy calm careful cheerful clever cosmic cosy
    crisp curious daring dazzling eager early fair fancy fearless friendly gentle gifted glad
    golden good happy helpful honest jolly joyful keen kind lively loyal lucky magic mellow merry
    mighty misty modest noble patient playful polite proud quick quiet rapid ready royal shiny
    silent silver smart snowy speedy starry steady sunny swift tidy vivid warm wise witty
"""
_ANIMALS: Final = """
    alpaca badger beaver bison bumblebee butterfly camel cheetah cricket dolphin dragonfly eagle
    falcon ferret finch firefly flamingo fox gazelle gecko hamster hare hawk hedgehog heron
    ibis jaguar kestrel kingfisher koala koi ladybird lemur leopard lynx magpie marmot meerkat
    mole narwhal newt nightingale octopus orca osprey otter owl panda panther parrot pelican
    penguin pony puffin raven robin salmon seal seahorse sparrow squirrel starfish stork swallow
    swan tiger toucan trout turtle walrus wombat woodpecker wren yak zebra
"""

ADJECTIVES: Final = tuple(_ADJECTIVES.split())
ANIMALS: Final = tuple(_ANIMALS.split())


def suggest_name(taken: Collection[str] = ()) -> str:
    """Put together two words that nobody of a class is called by.

    Args:
        taken: names of the others. Where hardly any is left, a number makes one.
    """
    others = {name.casefold() for name in taken}
    number = 1
    while True:
        for _ in range(len(ADJECTIVES) + len(others)):
            name = f"{secrets.choice(ADJECTIVES)} {secrets.choice(ANIMALS)}"
            name += f" {number}" * (number > 1)
            if name not in others:
                return name
        number += 1
