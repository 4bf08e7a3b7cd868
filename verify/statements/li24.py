"""Li, Liang, Shi, Song, Zhou, arXiv 2402.09469 (v3): k-input modular addition."""

from verify.statements.statement import Statement

LI24: tuple[Statement, ...] = (
    Statement(
        "Li24:Theorem 4.1.1",
        "Li24",
        "theorem",
        "The maximum normalised L_{2,k+1} margin of the one-hidden-layer power network on k-input addition modulo an "
        "odd p has this closed form (the paper asks for a prime p; oddness is what the proof uses).",
        r"\gamma^* = \frac{2\,k!}{(2k+2)^{(k+1)/2}\,(p-1)\,p^{(k-1)/2}}",
    ),
)
