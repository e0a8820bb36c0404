"""A sample of damaged files for every reader: each is read, or refused in plain words; more in benchmarks/fuzz_files.py."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))

from fuzz_readers import READERS, write_seeds
from fuzz_trial import made, tried

EACH = 40
"""Inputs for a reader whose share is 1."""


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seeds")
    write_seeds(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_damaged_input_is_read_or_refused_in_plain_words(reader, seeds):
    trials = [tried(made(reader, number, 1, seeds)) for number in range(round(EACH * READERS[reader].share))]
    assert [(one.number, one.came, one.what, one.says) for one in trials if one.what] == []
