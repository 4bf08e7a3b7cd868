r"""Li24's attention networks on k-input modular addition: one attention layer alone, and a transformer of two layers.

**One layer.**  The k symbols of an input are the columns of E; every head h has its own maps, and

.. math:: f(a) = W^P \Big[\, W_h^{V\top} E\,\operatorname{softmax}\big(E^\top W_h^K W_h^{Q\top} E\big) \Big]_{h},

the softmax over the keys, which does not see what depends on the query alone.  *Proof.* It would multiply numerator and
denominator of every weight of a query by the same factor.  The scores of a head between all symbols are one p x p
matrix, :math:`W_h^{KQ} = E_{all}^\top W_h^K W_h^{Q\top} E_{all}`, one row per key and one column per query.  The paper
shows :math:`W^K W^{Q\top}` itself as a p x p matrix, hence one-hot columns of E by default; a trained embedding is the
other reading.  How k columns of output become one vector of logits is not stated; here they are averaged, so the
network is as symmetric in its inputs as the task.

**Two layers.**  torch's own encoder, with trained positions and an equals sign at which the answer is read.

Source: Li24 Sec. 5 and its appendix on experiments.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from theory.errors import InputError, require_integer


class AttentionLayer(nn.Module):
    """The formula above and nothing else: no bias, residual path, normalisation, position or MLP.

    Parameters, with D = p for one-hot columns of E and D = ``embedding`` else::

        embedding            (p, D)                    only with a trained embedding
        key, query, value    (heads, D, width)
        projection           (heads * width, p)

    Initially every entry of an embedded symbol, of a value and of the logits' projection has unit variance per unit
    input, and so has every entry of W^KQ.
    """

    def __init__(
        self,
        p: int,
        heads: int,
        width: int,
        *,
        embedding: int | None = None,
        seed: int = 0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """Draw the parameters in float64, then round to ``dtype``: both precisions start from the same network.

        Args:
            p: modulus, at least 2.
            heads: number of heads.
            width: width of every head, the paper's hidden dimension.
            embedding: dimension of a trained embedding; None for one-hot columns of E.
            seed: seed of the initial parameters; the global generator is left as it was.
            dtype: dtype of the parameters.

        Raises:
            InputError: for sizes out of range.
        """
        super().__init__()
        for name, value, least in (("p", p, 2), ("heads", heads, 1), ("width", width, 1)):
            require_integer(name, value, least)
        if embedding is not None:
            require_integer("embedding", embedding, 1)
        self.p, self.heads, self.width = p, heads, width
        generator = torch.Generator().manual_seed(seed)

        def draw(shape: tuple[int, ...], deviation: float) -> nn.Parameter:
            return nn.Parameter((deviation * torch.randn(shape, generator=generator, dtype=torch.float64)).to(dtype))

        # a one-hot column has a single entry, so its maps are as large as an embedding of deviation 1
        symbols, unit = (p, 1.0) if embedding is None else (embedding, embedding**-0.5)
        self.embedding = None if embedding is None else draw((p, embedding), 1.0)
        self.key = draw((heads, symbols, width), unit * width**-0.25)
        self.query = draw((heads, symbols, width), unit * width**-0.25)
        self.value = draw((heads, symbols, width), unit)
        self.projection = draw((heads * width, p), (heads * width) ** -0.5)

    def forward(self, inputs: Tensor) -> Tensor:
        """Logits (n, p) of inputs (n, k), as the formula has it."""
        key, query, value = (self._of_symbols(w)[:, inputs] for w in (self.key, self.query, self.value))
        mixed = functional.scaled_dot_product_attention(query, key, value, scale=1.0).mean(dim=2)
        return mixed.transpose(0, 1).flatten(1) @ self.projection

    def tabulated(self, inputs: Tensor) -> Tensor:
        """The same logits from tables over symbols: the cost of a step no longer grows with the heads' width.

        Scores are looked up in W^KQ (heads, p, p); what a symbol adds to the logits, in W^P W^V (heads, p, p).  The
        positions that hold one symbol go through its matrix together, padded to the most frequent symbol's number: a
        row of p x heads entries per position would cost far more in memory traffic than in arithmetic.
        """
        (n, k), p, heads = inputs.shape, self.p, self.heads
        asked = self.attention_matrices().permute(1, 2, 0).reshape(p * p, heads)
        scores = functional.embedding(inputs[:, :, None] * p + inputs[:, None, :], asked)  # n, key, query, head
        weights = scores.softmax(dim=1).mean(dim=2).view(n * k, heads)
        moved = self._of_symbols(self.value) @ self.projection.view(heads, self.width, p)
        place, most = _places(inputs.flatten(), p)
        by_symbol = weights.new_zeros(p * most, heads).index_copy(0, place, weights).view(p, most, heads)
        added = torch.bmm(by_symbol, moved.transpose(0, 1)).view(p * most, p)
        return added[place].view(n, k, p).sum(dim=1)

    def attention_matrices(self) -> Tensor:
        """W^KQ of every head between all symbols, indexed [head, key, query], shape (heads, p, p)."""
        return self._of_symbols(self.key) @ self._of_symbols(self.query).mT

    def _of_symbols(self, weight: Tensor) -> Tensor:
        """What a map makes of every symbol, (heads, p, width)."""
        return weight if self.embedding is None else self.embedding @ weight


def _places(symbols: Tensor, p: int) -> tuple[Tensor, int]:
    """A place for every position among those of its symbol, (N,), symbol by symbol with equal room; and that room.

    Examples:
        >>> import torch
        >>> place, room = _places(torch.tensor([2, 0, 2, 1]), p=3)
        >>> place.tolist(), room
        ([4, 0, 5, 2], 2)
    """
    counts = symbols.bincount(minlength=p)
    most, order = int(counts.max()), symbols.argsort(stable=True)
    ordered = symbols[order]
    rank = torch.arange(len(symbols), device=symbols.device) - (counts.cumsum(0) - counts)[ordered]
    return torch.empty_like(order).index_copy_(0, order, ordered * most + rank), most


class Transformer(nn.Module):
    """torch's encoder, norms first and without dropout; the answer is read at the equals sign after the k symbols.

    Parameters: ``symbols`` (p + 1, width), the last row is the equals sign; ``positions`` (k + 1, width); ``encoder``;
    ``norm``; ``output`` (p, width).  Only layers and width are the paper's; the rest is ours.
    """

    def __init__(
        self,
        k: int,
        p: int,
        *,
        layers: int = 2,
        width: int = 128,
        heads: int = 4,
        mlp: int = 512,
        seed: int = 0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """torch's own initial values from ``seed``; the global generator is left as it was.

        Raises:
            InputError: for sizes out of range, or a width that the heads do not divide.
        """
        super().__init__()
        sizes = {"k": k, "layers": layers, "width": width, "heads": heads, "mlp": mlp}
        for name, value in sizes.items():
            require_integer(name, value, 1)
        require_integer("p", p, 2)
        if width % heads:
            raise InputError(f"the width must be a multiple of the number of heads; got {width} and {heads}")
        self.p = p
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.symbols = nn.Embedding(p + 1, width)
            self.positions = nn.Parameter(torch.randn(k + 1, width) * width**-0.5)
            layer = nn.TransformerEncoderLayer(width, heads, mlp, dropout=0.0, batch_first=True, norm_first=True)
            self.encoder = nn.TransformerEncoder(layer, layers, nn.LayerNorm(width), enable_nested_tensor=False)
            self.output = nn.Linear(width, p, bias=False)
        self.to(dtype)

    def forward(self, inputs: Tensor) -> Tensor:
        """Logits (n, p) of inputs (n, k)."""
        equals = inputs.new_full((len(inputs), 1), self.p)
        read = self.encoder(self.symbols(torch.cat([inputs, equals], dim=1)) + self.positions)
        return self.output(read[:, -1])
