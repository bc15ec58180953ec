"""The words of the lesson: each is explained here once, for the help beside a control and a page.

Standard library only. Explanations may use other terms, but never the term itself as its own
explanation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Term:
    """One word and what it means.

    Attributes:
        name: the word as it stands in a sentence, such as "hidden layer".
        meaning: one or two sentences.
        example: where it is met in this program; empty where the meaning says enough.
        also: other words for the same.
    """

    name: str
    meaning: str
    example: str = ""
    also: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The word as a heading."""
        return self.name[0].upper() + self.name[1:]

    @property
    def anchor(self) -> str:
        """What stands after the # in the address of its explanation."""
        return re.sub(r"\W+", "-", self.name.lower())


CHAPTERS: Final[Mapping[str, tuple[Term, ...]]] = {
    "The digits": (
        Term(
            "pixel",
            "One dot of an image: a number from 0 (black, no ink) to 255 (white, full ink).",
            "An image has 28 rows of 28 pixels. These 784 numbers are all that the network sees.",
        ),
        Term(
            "label",
            "The true digit of an image, written down by a person.",
            "In MNIST a few labels are wrong. A network that reads such an image well is still "
            "marked wrong.",
        ),
        Term(
            "training data",
            "The digits that the network learns from. Train on fewer, and see how many it takes.",
            "The setting “Fraction of the training data” 0.1 takes one digit in ten.",
        ),
    ),
    "The network": (
        Term(
            "machine vision",
            "Letting a computer make out what is in an image: tell a 4 from a 9, find a face, read "
            "a road sign.",
            "Digits were one of its first uses: in the 1990s, networks read cheques for banks.",
        ),
        Term(
            "image classifier",
            "A program that sorts pictures into kinds. Here the kinds are the ten digits.",
            "Others sort animals or leaves. They learn in the same way: from images and labels.",
        ),
        Term(
            "neural network",
            "Many small units that pass numbers on to each other, in layers. It is named after the "
            "brain, where nerve cells, the neurons, do so; here they are called nodes.",
            "It is like a brain in this alone: each unit only multiplies, adds, and passes on.",
        ),
        Term(
            "model",
            "The whole network: its layers and the numbers that they have learned. It can be kept "
            "in a file and used elsewhere.",
            "The page Results has a button that downloads the model of a run.",
        ),
        Term(
            "layer",
            "A row of nodes that work side by side. Each is connected to every node of the next "
            "row.",
            "The last layer has ten nodes, one for each digit.",
        ),
        Term(
            "input layer",
            "Where an image comes in: its 784 pixels as one row of numbers from 0 to 1.",
            "It has learned nothing, so it has no parameters.",
        ),
        Term(
            "output layer",
            "The last row of nodes, where the answer comes out: ten likelihoods, one for each "
            "digit.",
        ),
        Term(
            "hidden layer",
            "A layer of nodes between the 784 pixels and the ten likelihoods.",
            "Books write 784-128-10: 784 pixels, a hidden layer of 128 nodes, ten likelihoods.",
        ),
        Term(
            "node",
            "A part of the network that has learned one rule. It reports how strongly its input "
            "matches this rule.",
            "One node may look for a stroke at the top, another for an empty middle.",
            also=("neuron",),
        ),
        Term(
            "weight",
            "The number on a connection: how much a node listens to the one before it. Below zero, "
            "it listens and does the opposite.",
            "The network begins with random weights, and reads about one digit in ten right.",
        ),
        Term(
            "bias",
            "A number that a node adds to what it hears. It decides how easily the node reports "
            "something.",
        ),
        Term(
            "parameter",
            "A number that changes while the network learns: a weight or a bias.",
            "With a hidden layer of 128 nodes, (784 + 1) × 128 + (128 + 1) × 10 = 101,770.",
        ),
        Term(
            "activation",
            "What a node makes of the sum of its inputs before it reports it.",
            "The setting “Activation” has four of them. relu is the usual one.",
        ),
        Term(
            "relu",
            "The simplest activation: a node reports its sum, or 0 where it is below 0.",
            "A node whose rule does not match then stays silent.",
        ),
        Term(
            "softmax",
            "What the output layer does with its ten sums: it turns them into likelihoods that "
            "add up to 1. The largest sum gets the most.",
        ),
    ),
    "The answer": (
        Term(
            "likelihood",
            "How strongly the network believes in a digit, from 0 to 1. The ten of them add up to "
            "1.",
            "0.9 for a 4 and 0.1 for a 9: it takes the image for a 4, and is fairly sure.",
            also=("probability",),
        ),
        Term(
            "prediction",
            "The network's answer to an image: the digit with the highest likelihood.",
            also=("guess",),
        ),
    ),
    "Training": (
        Term(
            "compile",
            "To make a model ready for training: it is told its optimizer, its loss and its "
            "metric.",
            "The line “model.compile” does it, before any digit is seen.",
        ),
        Term(
            "fit",
            "To train: change the weights, batch after batch, until guesses and labels agree as "
            "well as they can.",
            "The line “model.fit” does it, and gives back the history.",
        ),
        Term(
            "history",
            "What a training leaves behind in numbers: accuracy and loss after every epoch, of the "
            "training digits and of the validation digits.",
            "The curves and the table on the page Results are made of it.",
        ),
        Term(
            "run",
            "One training with its settings and its results.",
            "The page Runs lists them all.",
        ),
        Term(
            "epoch",
            "One pass through all the training digits.",
            "After ten of them, the network has seen each digit ten times.",
        ),
        Term(
            "batch",
            "The digits that the network looks at before it changes its weights once.",
            "54,000 digits in batches of 100 make 540 updates an epoch.",
        ),
        Term(
            "update",
            "One change of all the weights, after one batch.",
            "Small batches make many of them in an epoch, large batches few.",
            also=("step",),
        ),
        Term(
            "loss",
            "How far the guesses are from the labels, as one number; 0 is perfect. To be sure of a "
            "wrong guess costs most.",
            "Accuracy only counts right and wrong, so the loss can still fall while accuracy "
            "stands still.",
        ),
        Term(
            "gradient",
            "How much the loss would grow if a weight grew a little. Below zero, it would fall.",
            "Look inside shows it in “One update”: every weight has its own.",
        ),
        Term(
            "backpropagation",
            "The way to every gradient, from the loss back through the layers. Each passes its "
            "share in the mistake on to the one before.",
        ),
        Term(
            "gradient descent",
            "The plainest way to a lower loss: each weight moves a step downhill, the longer, the "
            "steeper it is there.",
            "The setting “SGD” does it with a batch at a time.",
        ),
        Term(
            "optimizer",
            "The method that changes the weights after each batch. It looks at how guesses and "
            "labels differ, and moves each weight so that the loss falls.",
            "“Adam”, the usual choice, finds a good size of change for each weight by itself.",
        ),
        Term(
            "learning rate",
            "How large each change of the weights is. Too large, and nothing is learned; too "
            "small, and it takes very long.",
            "Try 10, and watch the accuracy.",
        ),
        Term(
            "seed",
            "The number that everything random follows from: start weights, order of the digits, "
            "dropout. The same number gives the same run.",
            "Another seed is another roll of the dice. See how much of a result is luck.",
        ),
    ),
    "Measuring": (
        Term(
            "metric",
            "A number by which people judge a network, such as accuracy. It only watches: what the "
            "weights follow is the loss.",
            "In the code it stands behind “metrics=”.",
        ),
        Term(
            "accuracy",
            "The share of digits whose guess is the label: 1.0, or 100 %, is every one.",
            "Somebody who only guesses reaches about 10 %. On the training digits, 1.0 is "
            "suspicious: it may be overfitting.",
        ),
        Term(
            "validation",
            "A check after every epoch, with training digits that were kept aside. The network "
            "never learns from these.",
            "The dashed orange curve.",
        ),
        Term(
            "validation split",
            "The share of the training digits that is kept aside to check the network after every "
            "epoch.",
            "0.1 of 60,000 keeps 6,000 aside, and 54,000 are left to learn from.",
        ),
        Term(
            "test",
            "The last check, after training, with digits that the network has never met.",
            "The page Results shows it as “Test accuracy”.",
        ),
        Term(
            "overfitting",
            "Learning the training digits by heart instead of learning to read. New digits are "
            "then read worse than the old ones.",
            "The validation loss rises again while the training loss still falls.",
        ),
        Term(
            "dropout",
            "The share of nodes that is switched off at random while training. The network learns "
            "not to rely on a few, which helps against overfitting.",
            "With 0.2, one node in five is off, other ones in every batch.",
        ),
        Term(
            "L2",
            "The price of large weights: their squares times this number go into the loss. Small "
            "weights help against overfitting.",
        ),
    ),
    "Mistakes": (
        Term(
            "outlier",
            "An image so unlike the others that even a good network reads it wrong.",
            "Often people can't read it either, or its label is wrong: look on the page Mistakes.",
        ),
        Term(
            "confidence",
            "The likelihood of the digit that the network chose: how sure it is.",
            "0.99 can be wrong, too. The page Mistakes sorts by it.",
        ),
        Term(
            "confusion matrix",
            "A table with a row for each true digit and a column for each guess. Each cell counts "
            "how often the one was taken for the other.",
            "Row 4, column 9: fours that were taken for a nine.",
        ),
        Term(
            "precision",
            "Of all guesses “3”, the share that really is a 3.",
            "Low where other digits are often taken for it.",
        ),
        Term(
            "recall",
            "Of all true 3s, the share that was read as a 3.",
            "Low where it is often taken for other digits.",
        ),
        Term(
            "F1",
            "Precision and recall in one number, the harmonic mean of both. It is low when one of "
            "them is.",
        ),
        Term(
            "support",
            "How many digits a number was counted from.",
            "Of 10,000 test digits, 980 are a 0.",
        ),
        Term(
            "calibration",
            "Whether a network is as often right as it is sure. Of all guesses that are 90 % sure, "
            "90 % should be right.",
            "The expected calibration error says by how much it misses this on average.",
        ),
    ),
    "Looking inside": (
        Term(
            "PCA",
            "Principal component analysis: it looks at digits made of many numbers from the side "
            "from which they lie farthest apart, and draws them as points.",
            "Two digits that are nearly alike become two points that are near each other.",
        ),
        Term(
            "t-SNE",
            "A map of points that were moved about until those that are alike lie together.",
            "It shows groups. How far two groups are from each other means nothing.",
        ),
        Term(
            "pruning",
            "Cutting off the weights nearest to 0. A network often reads nearly as well without "
            "half of them.",
        ),
        Term(
            "snapshot",
            "The weights as they were after an epoch, kept so that one can go back in time.",
        ),
    ),
}

TERMS: Final[Mapping[str, Term]] = {
    term.name: term for terms in CHAPTERS.values() for term in terms
}

# The term that explains a setting, by the setting's name in TrainingConfig or on the page.
TERM_OF_SETTING: Final[Mapping[str, str]] = {
    "layers": "hidden layer",
    "nodes": "node",
    "batch_size": "batch",
    "epochs": "epoch",
    "activation": "activation",
    "optimizer": "optimizer",
    "learning_rate": "learning rate",
    "dropout": "dropout",
    "l2": "L2",
    "validation_split": "validation split",
    "fraction": "training data",
    "seed": "seed",
}


def explain(name: str) -> str:
    """Explain a term; the same words wherever it is met.

    Raises:
        KeyError: the glossary does not have it.
    """
    return TERMS[name].meaning


def explain_setting(setting: str) -> str:
    """Explain a setting, such as ``batch_size``, or ``nodes`` for the nodes of a layer.

    Raises:
        KeyError: it is not a setting.
    """
    return explain(TERM_OF_SETTING[setting])
