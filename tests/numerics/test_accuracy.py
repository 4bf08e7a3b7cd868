"""One meaning of accuracy: the right class strictly above every other."""

import torch

from numerics.accuracy import accuracy, correct


def test_a_tie_is_wrong_and_so_is_nan():
    logits = torch.tensor([[2.0, 1.0, 1.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0], [torch.nan, 0.0, 0.0]])
    assert correct(logits, torch.zeros(4, dtype=torch.int64)).tolist() == [True, False, False, False]
    assert accuracy(torch.zeros(2, 5, 3), torch.arange(5) % 3).tolist() == [0.0, 0.0], "one network per row"


def test_without_ties_it_is_the_largest_logit():
    logits = torch.randn(4, 50, 7, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(50) % 7
    assert torch.equal(correct(logits, labels), logits.argmax(-1) == labels)
