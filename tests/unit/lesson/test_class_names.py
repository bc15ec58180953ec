"""Names that are given, and the words by which people come back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mnist_core.lesson.nicknames import ADJECTIVES, ANIMALS, suggest_name
from mnist_core.lesson.return_code import WORDS, new_return_code, read_return_code
from mnist_core.store.hashing import LONGEST_SEALED
from mnist_core.store.members import LONGEST_MEMBER_NAME


def test_a_class_of_two_hundred_has_no_twins() -> None:
    names: list[str] = []
    for _ in range(200):
        names.append(suggest_name(names))
    assert len({*names}) == 200
    assert max(map(len, names)) <= LONGEST_MEMBER_NAME


def test_where_every_name_is_taken_a_number_makes_one() -> None:
    taken = {f"{adjective} {animal}".title() for adjective in ADJECTIVES for animal in ANIMALS}
    adjective, animal, number = suggest_name(taken).split()
    assert (adjective in ADJECTIVES, animal in ANIMALS, number) == (True, True, "2")


def test_every_word_is_there_once_in_small_letters() -> None:
    for words in (ADJECTIVES, ANIMALS, WORDS):
        assert len({*words}) == len(words)
        assert all(word.isascii() and word.isalpha() and word.islower() for word in words)
    assert len(WORDS) >= 1000
    assert 3 * max(map(len, WORDS)) + 2 <= LONGEST_SEALED


def test_a_return_code_is_three_words_and_another_each_time() -> None:
    codes = {new_return_code() for _ in range(50)}
    assert len(codes) == 50
    assert {word for code in codes for word in code.split()} <= {*WORDS}
    assert {len(code.split()) for code in codes} == {3}


@given(
    words=st.lists(st.sampled_from(WORDS), min_size=3, max_size=3),
    between=st.lists(st.text(" -,.\t\n·/1", min_size=1, max_size=3), min_size=4, max_size=4),
    how=st.sampled_from([str.upper, str.title, str]),
)
def test_a_return_code_is_read_however_it_is_written(words, between, how) -> None:
    typed = between[0] + "".join(how(w) + gap for w, gap in zip(words, between[1:], strict=True))
    assert read_return_code(typed) == " ".join(words)


@given(st.text(max_size=300))
def test_whatever_is_typed_as_a_return_code_is_read(typed: str) -> None:
    assert read_return_code(read_return_code(typed)) == read_return_code(typed)
