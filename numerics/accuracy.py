"""What counts as right, everywhere in this package: the logit of the label is strictly above every other."""

from torch import Tensor


def correct(logits: Tensor, labels: Tensor) -> Tensor:
    """Which inputs have their label as the strict winner; a tie is wrong, and so is NaN.

    Args:
        logits: shape (..., n).
        labels: integers, shape (...) or one that broadcasts to it.

    Returns:
        booleans, shape (...).

    Examples:
        >>> import torch
        >>> correct(torch.tensor([[0.0, 2.0], [1.0, 1.0]]), torch.tensor([1, 0])).tolist()
        [True, False]
    """
    index = labels.expand(logits.shape[:-1]).unsqueeze(-1)
    rivals = logits >= logits.gather(-1, index)  # the label itself is one of them, unless it is NaN
    return rivals.sum(dim=-1) == 1


def accuracy(logits: Tensor, labels: Tensor) -> Tensor:
    """Share of the inputs (the second axis from the right) that are right: (..., inputs, n) -> (...), float64."""
    return correct(logits, labels).double().mean(dim=-1)
