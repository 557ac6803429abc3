"""The files of terms and postings: what is written in whole arrays, Whoosh reads, and so do merges."""

from __future__ import annotations

import random
from array import array
from pathlib import Path

import pytest

from registry.search.engine import CODEC, SCHEMA, FileStorage, TermNotFound, blocks
from registry.search.pool import PostingPool
from registry.search.term_files import Term, joined, key_of, read_terms

_MORE_THAN_TWO_BLOCKS = 2500


def _terms() -> list[Term]:
    chooser = random.Random(4)
    made = []
    for number in range(3000):
        count = chooser.choice((1, 1, 1, 2, 3, 40))
        documents = array("I", sorted(chooser.sample(range(90_000), count)))
        made.append((key_of("text", f"t{number:04d}".encode()), documents, array("f", [1.0 + number % 3] * count)))
    many = array("I", range(0, 3 * _MORE_THAN_TWO_BLOCKS, 3))
    made.append((key_of("uid", "ü".encode()), many, array("f", (number % 7 + 1 for number in range(len(many))))))
    made.append((key_of("words", b"block"), many[:1024], array("f", [1.0] * 1024)))
    made.append((key_of("words", b"block and one"), many[:1025], array("f", [1.0] * 1025)))
    return made


def test_whoosh_and_merges_read_what_was_written(tmp_path: Path) -> None:
    storage = FileStorage(str(tmp_path))
    segment = CODEC.new_segment(storage, "MAIN")
    writer = CODEC.field_writer(storage, segment)
    writer.add_postings(None, None, _terms())
    writer.close()

    reader = CODEC.terms_reader(storage, segment)

    assert _terms() == list(read_terms(reader))
    fields = ("text", "uid", "words")
    for key, documents, weights in _terms():
        field, term = fields[key[1]], key[2:]
        found = list(blocks(reader.matcher(field, term, SCHEMA[field].format)))
        assert list(documents) == [document for ids, _ in found for document in ids]
        assert list(weights) == [weight for _, block in found for weight in block]
        assert len(documents) == reader.doc_frequency(field, term)
    assert [b"t2999"] == [term for _, term in reader.terms_from("text", b"t2999")][:1]
    with pytest.raises(TermNotFound):
        reader.matcher("text", b"t3000", SCHEMA["text"].format)
    reader.close()


def test_a_file_without_terms_can_be_read(tmp_path: Path) -> None:
    storage = FileStorage(str(tmp_path))
    segment = CODEC.new_segment(storage, "MAIN")
    CODEC.field_writer(storage, segment).close()

    reader = CODEC.terms_reader(storage, segment)

    assert [] == list(read_terms(reader))
    reader.close()


def test_a_pool_that_overflows_gives_the_terms_of_one_that_does_not(tmp_path: Path) -> None:
    small, large = PostingPool(str(tmp_path), 0), PostingPool(str(tmp_path), 64)
    chooser = random.Random(6)
    for document in range(40):
        counts = {f"w{chooser.randrange(50)}": float(chooser.randrange(1, 5)) for _ in range(20)}
        for pool in (small, large):
            pool.add("words", document, ((word, 1.0) for word in counts))
            pool.add("text", document, counts.items())

    assert list(large.iter_postings()) == list(small.iter_postings())
    small.cleanup()


def test_terms_of_several_sources_become_one_each() -> None:
    one: list[Term] = [(b"a", array("I", [1]), array("f", [1.0])), (b"b", array("I", [2]), array("f", [2.0]))]
    other: list[Term] = [(b"b", array("I", [3]), array("f", [1.0])), (b"c", array("I", [4]), array("f", [1.0]))]

    found = list(joined(sorted([*one, *other], key=lambda term: (term[0], term[1][0]))))

    assert [one[0], (b"b", array("I", [2, 3]), array("f", [2.0, 1.0])), other[1]] == found
    assert array("I", [2]) == one[1][1]
