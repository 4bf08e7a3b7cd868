r"""The derivation of gamma*(k, p), one step per "=" or "<=".

Sources: Li24 App. F and G, Morwani23 Theorem 7; ours at even p.

One chain serves every modulus.  With the class weights of ``theory.modulus``, :math:`1-\hat\tau(j) = b` at
:math:`0 < j < p/2`, and at j = p/2 it is smaller by exactly the factor :math:`2^{(k-1)/2}` that the order-two
frequency gains in step 7.  At odd p, b = p/(p-1) and the chain is the paper's.
"""

from dataclasses import dataclass

import sympy

from theory.derivation import attainment, inequalities, mixture, single_neuron
from theory.derivation.step import Result, Step, exact
from theory.derivation.sum_to_product import LARGEST_K, orthogonality
from theory.errors import require_integer
from theory.margin import margin_formula, max_margin
from theory.modulus import class_weights, transform_gaps
from theory.task import Task

LARGEST_P = 2000
DEFAULT_P = 7
# The polynomial identity of step 2 has about p^k terms in k p letters: these moduli keep it under a second.
LETTERS_MODULUS = {1: 5, 2: 5, 3: 5, 4: 3, 5: 3, 6: 2, 7: 2, 8: 2}
TWIN_GRID = 60_000


@dataclass(frozen=True)
class Chain:
    """What the steps share; a check fails when one of these is wrong.

    Attributes:
        k: number of inputs.
        p: modulus of the exact checks.
        tau: class weights, length p, exact.
        gamma: the claimed value, exact.
        twin: the task that the numerical twins enumerate: modulus p, or 3 or 4 where p^(k+1) is too many.
        seed: seed of the random weights.
    """

    k: int
    p: int
    tau: list[sympy.Expr]
    gamma: sympy.Expr
    twin: Task
    seed: int = 0

    def steps(self) -> list[Step]:
        """The derivation in order."""
        return [
            self._mixture(),
            self._single_neuron(),
            self._pairing(),
            self._plancherel(),
            self._phases(),
            self._balance(),
            self._concentration(),
            self._value(),
            self._attained(),
        ]

    def _mixture(self) -> Step:
        return Step(
            "mixture of neurons",
            "Li24 Lemma E.1",
            "upper",
            "The smallest margin is at most the mean class-weighted one, a weighted mean over unit neurons.",
            "min g ≤ E g' = Σ_i ‖θ_i‖^(k+1) E ψ'(θ_i/‖θ_i‖) ≤ max_{‖ω‖=1} E ψ'(ω),  Σ_i ‖θ_i‖^(k+1) = 1",
            r"\min_a g(\theta,a) \le \mathbb{E}\,g'(\theta) = \sum_i \|\theta_i\|^{k+1}\, "
            r"\mathbb{E}\,\psi'\Bigl(\frac{\theta_i}{\|\theta_i\|}\Bigr) \le \max_{\|\omega\| = 1} "
            r"\mathbb{E}\,\psi'(\omega), \qquad \sum_i \|\theta_i\|^{k+1} = 1",
            lambda: mixture.homogeneity(self.k),
            lambda: mixture.mixture_numerical(self.twin, self.seed),
        )

    def _single_neuron(self) -> Step:
        def check() -> Result:
            small = min(self.p, LETTERS_MODULUS[self.k])
            parts = [
                single_neuron.full_monomials(self.k),
                single_neuron.spread_evenly(self.k, small),
                orthogonality(self.p),
            ]
            detail = f"monomials; the power in letters modulo {small}; roots of unity modulo {self.p}"
            return exact(sum(not part.ok for part in parts), len(parts), detail, "symbolic")

        return Step(
            "single neuron",
            "Li24 F.7" if self.p % 2 else "Ours, after Li24 F.7",
            "tight",
            "A neuron's mean class-weighted margin is a sum over non-zero frequencies: only the monomial "
            "u_1...u_k tells labels apart.",
            "E ψ'(u,w) = k!/p^(k+1) Σ_{j≠0} (1 - τ̂(j)) ŵ(-j) Π_i û_i(j)",
            r"\mathbb{E}\,\psi'(u,w) = \frac{k!}{p^{k+1}} \sum_{j \ne 0} \bigl(1-\hat\tau(j)\bigr)\,"
            r"\hat w(-j) \prod_{i=1}^{k} \hat u_i(j)",
            check,
            lambda: single_neuron.identity_numerical(self.twin, self.twin.tau, self.seed),
        )

    def _pairing(self) -> Step:
        return Step(
            "conjugate pairing",
            "Li24 F.8",
            "tight",
            "Weights are real, so j and -j are conjugate and only moduli and phases remain.",
            "  = k!/p^(k+1) Σ_{0<j≤p/2} m_j (1 - τ̂(j)) |ŵ(j)| Π_i |û_i(j)| cos(Σ_i θ_{u_i}(j) - θ_w(j))",
            r"= \frac{k!}{p^{k+1}} \sum_{0 < j \le p/2} m_j \bigl(1-\hat\tau(j)\bigr)\, |\hat w(j)| "
            r"\prod_i |\hat u_i(j)| \cos\Bigl(\sum_i \theta_{u_i}(j) - \theta_w(j)\Bigr), "
            r"\quad m_j = 2,\ m_{p/2} = 1",
            lambda: single_neuron.conjugate_pairing(self.k),
            lambda: single_neuron.pairing_numerical(self.twin, self.twin.tau, self.seed),
        )

    def _plancherel(self) -> Step:
        return Step(
            "Plancherel",
            "Li24 F.8",
            "tight",
            "A unit neuron has energy p over all frequencies, at most p/2 over half of them.",
            "Σ_{0<j≤p/2} y_j = (p ‖ω‖² - z(0))/2,  y_j = m_j z(j)/2,  z(j) = Σ_i |û_i(j)|² + |ŵ(j)|²",
            r"\sum_{0 < j \le p/2} y_j = \tfrac12\bigl(p\,\|\omega\|^2 - z(0)\bigr), "
            r"\quad y_j = \tfrac{m_j}{2} z(j), \quad z(j) = \sum_i |\hat u_i(j)|^2 + |\hat w(j)|^2",
            lambda: orthogonality(self.p),
            lambda: single_neuron.plancherel_numerical(self.twin, self.seed),
        )

    def _phases(self) -> Step:
        return Step(
            "phases",
            "Li24 F.8",
            "upper",
            "A cosine is at most 1; it is 1 iff the output phase is the sum of the input phases.",
            "cos(Σ_i θ_{u_i}(j) - θ_w(j)) ≤ 1",
            r"\cos\Bigl(\sum_i \theta_{u_i}(j) - \theta_w(j)\Bigr) \le 1",
            inequalities.cosine_at_most_one,
            lambda: inequalities.phases_numerical(self.twin, self.twin.tau, self.seed),
        )

    def _balance(self) -> Step:
        return Step(
            "AM-GM",
            "Li24 F.8",
            "upper",
            "The product of k+1 moduli is largest when they are equal.",
            "|ŵ(j)| Π_i |û_i(j)| ≤ (z(j)/(k+1))^((k+1)/2)",
            r"|\hat w(j)| \prod_i |\hat u_i(j)| \le \Bigl(\frac{z(j)}{k+1}\Bigr)^{(k+1)/2}",
            lambda: inequalities.balance(self.k),
            lambda: inequalities.balance_numerical(self.twin, self.twin.tau, self.seed),
        )

    def _concentration(self) -> Step:
        def check() -> Result:
            gaps = transform_gaps(self.tau)
            return inequalities.concentration(self.k, inequalities.concentration_weights(self.k, self.p, gaps))

        strict = (
            "The power (k+1)/2 exceeds 1, so all energy goes to one frequency and none to the mean."
            if self.k >= 2
            else "At k = 1 the power is 1: only the mean is excluded, frequencies may mix: not strict."
        )
        return Step(
            "one frequency",
            "Li24 F.8" if self.p % 2 else "Ours, after Li24 F.8",
            "upper",
            strict,
            "Σ_j m_j (1 - τ̂(j)) (z(j)/(k+1))^((k+1)/2) = 2b Σ_j (y_j/(k+1))^((k+1)/2) ≤ 2b (p/(2(k+1)))^((k+1)/2)",
            r"\sum_j m_j \bigl(1-\hat\tau(j)\bigr) \Bigl(\frac{z(j)}{k+1}\Bigr)^{(k+1)/2} = 2b \sum_j "
            r"\Bigl(\frac{y_j}{k+1}\Bigr)^{(k+1)/2} \le 2b \Bigl(\frac{p}{2(k+1)}\Bigr)^{(k+1)/2}",
            check,
            lambda: inequalities.concentration_numerical(self.twin, self.twin.tau, self.seed),
        )

    def _value(self) -> Step:
        p = sympy.Symbol("p", positive=True)
        formula = margin_formula(sympy.Integer(self.k), p, odd=bool(self.p % 2))
        general = r"\frac{2\,k!}{(2k+2)^{(k+1)/2}\, p^{(k-1)/2}\, "
        general += "(p-1)}" if self.p % 2 else r"(p-2+2^{-(k-1)/2})}"
        return Step(
            "value",
            "Li24 Theorem 4.1.1" if self.p % 2 else "Ours: every modulus",
            "upper",
            "No network of any width has a larger normalised margin.",
            f"γ* ≤ k!/p^(k+1) 2b (p/(2(k+1)))^((k+1)/2) = {sympy.sstr(formula)}",
            r"\gamma^* \le \frac{k!}{p^{k+1}}\, 2b \Bigl(\frac{p}{2(k+1)}\Bigr)^{(k+1)/2} = "
            + f"{general} = {sympy.latex(formula)}",
            lambda: attainment.value(self.k, self.p, transform_gaps(self.tau), self.gamma),
            lambda: attainment.value_numerical(self.twin, self.seed),
        )

    def _attained(self) -> Step:
        return Step(
            "attained",
            "Li24 G.3; Ours: minimal construction",
            "lower",
            "A network of norm 1 has this margin at every input, against every wrong label.",
            "f(a)[c] = γ*/p (p 1[c = a_1+...+a_k] - 1)",
            r"f(a)[c] = \frac{2\gamma^*}{p} \sum_{0 < \zeta \le p/2} \frac{m_\zeta}{2} "
            r"\cos\frac{2\pi\zeta (a_1+\dots+a_k-c)}{p} = \frac{\gamma^*}{p} "
            r"\bigl(p\,1[c = a_1+\dots+a_k] - 1\bigr)",
            lambda: attainment.attained(self.k, self.p, self.gamma),
            lambda: attainment.attained_numerical(self.twin),
        )


def derive(k: int, p: int | None = None, seed: int = 0) -> list[Step]:
    """The derivation of the maximum margin at k, its exact checks at p (7 unless given).

    Args:
        k: number of inputs, 1 to 8.
        p: modulus, 2 to 2000.
        seed: seed of the random weights of the numerical twins.

    Raises:
        InputError: outside these ranges.

    Examples:
        >>> all(step.verify().ok and step.twin().ok for step in derive(2, 5))
        True
    """
    require_integer("k", k, 1, LARGEST_K)
    p = DEFAULT_P if p is None else require_integer("p", p, 2, LARGEST_P)
    return Chain(k, p, class_weights(k, p), max_margin(k, p), Task.cyclic(k, twin_modulus(k, p)), seed).steps()


def twin_modulus(k: int, p: int) -> int:
    """p if its p^(k+1) logits can be enumerated at once; else 5 or 6, else 3 or 2, of the same parity."""
    return next(n for n in (p, 6 - p % 2, 2 + p % 2) if n ** (k + 1) <= TWIN_GRID)
