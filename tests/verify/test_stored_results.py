"""Which stored result a row reads: the one at the largest scale."""

import json

import pytest

from theory.errors import InputError
from verify.stored import largest, scale_of


def test_the_largest_scale_is_read(tmp_path):
    (tmp_path / "study-cpu.json").write_text(json.dumps({"scale": "cpu"}))
    assert scale_of("study", tmp_path) == "cpu"
    (tmp_path / "study-full.json").write_text(json.dumps({"scale": "full"}))
    assert largest("study", tmp_path) == {"scale": "full"}


def test_a_study_without_a_result_is_named(tmp_path):
    with pytest.raises(InputError, match="a result of study must be stored"):
        largest("study", tmp_path)
