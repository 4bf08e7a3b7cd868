r"""How few neurons fit addition exactly?  :math:`\sum_j V_j (x_j(a) + y_j(b))^2 = e_{a+b}` on Z_p, p odd, real weights.

Let :math:`H_{\min}(p)` be the least number of neurons, and K = (p-1)/2.  Then

* (i) **lower** :math:`H_{\min}(p) \ge 3K + 1` (I. Shi's bound, MAIS-O62's progress report of August 2026; our proof);
* (ii) **lower** :math:`H_{\min}(p) \ge 3K + 2` for every p >= 5;
* (iii) **upper** :math:`H_{\min}(p) \le 4K + 1 - [3 \mid p] - [5 \mid p]` (:mod:`theory.exact_fit.networks`).

**Tight** at p = 3 and p = 5: :math:`H_{\min}(3) = 4`, :math:`H_{\min}(5) = 8`.  At p = 7 they leave 11, 12 and 13.

*Proof.*  Write :math:`x_j + y_j = A_j(a) + B_j(b) + g_j` with A_j, B_j of mean 0.  U is the space of functions of mean
0, the sum of the blocks U_k of frequency k = 1..K; convolution makes it an algebra, a copy of the complex numbers
on each block, so that :math:`\varphi(\cdot, y)` is invertible on U_k for y in U_k not 0, for the product
:math:`\varphi`.

*Step 1: a unit can be spared.*  Let :math:`s_j = \sum_c V_j(c)`.  Summed over c the fit says :math:`\sum_j s_j
(x_j + y_j)^2 = 1`, so some s_i is not 0.  With :math:`V'_j = V_j - (s_j/s_i) V_i`, j other than i, and the two
identities, :math:`\sum_{j \ne i} V'_j (x_j + y_j)^2 = e_{a+b} - V_i/s_i`, and every V'_j has sum 0.  Its part of mean 0
in a and in b is :math:`\sum_{j\ne i} 2 V'_j A_j(a) B_j(b) = e_{a+b} - 1/p`: the product of U in H - 1 terms.  Its
mean over b is, in the functions of mean 0 of a,

.. math:: \sum_{j \ne i} V'_j \otimes (A_j^2 + 2 g_j A_j)^\circ = 0. \qquad (*)

*Step 2: the product of K blocks has rank at least 3K, and 3K terms are three in each block.*  Here a term
:math:`V \otimes A \otimes B` is in a block when V is and both functionals A, B vanish on the other blocks.  By
induction on K; let terms :math:`V_j A_j(x) B_j(y)` make :math:`\varphi`.

(a) At least three j have :math:`B_j \ne 0` on U_K: with two or fewer some y in U_K, not 0, has at most one
:math:`B_j(y) \ne 0`, and :math:`\varphi(\cdot, y)` would have rank at most 1, not 2.  The same for A.

(b) Choose any A_1, A_2 independent on U_K, and any third B_3 not 0 on U_K.  There is one :math:`x_K = L(x')`, linear in
the other blocks x' of x, with A_1 = A_2 = 0, and some :math:`y_K = M(y')` with B_3 = 0.  What is left are the terms
j >= 4, and in the blocks 1..K-1 of the result they make their product: rank at least 3(K-1), so at least 3K terms
in all.  For K = 1 read: no terms of a product of no blocks.

(c) Now let there be 3K terms.  Those that are left are then of least number, so their matrices
:math:`A_j \otimes \pi V_j`, on x' and projected to the blocks below K, are independent (a relation would spare one),
and the B_j on y' are determined by them.  But M may be replaced by :math:`M + z f(y')` for z in U_K
with B_3(z) = 0, z not 0, and any functional f.  So B_j(z) = 0 for all j >= 4, and for 3:
:math:`\varphi(\cdot, z)` is the sum of
:math:`B_j(z) A_j \otimes V_j` over j = 1, 2.  It has rank 2, row space :math:`U_K^*` and image U_K.  So A_1, A_2, V_1
and V_2 are in block K.  (For K = 1 there is nothing to show.)

(d) If A_j is not 0 on U_k it is one of an independent pair there, so by (c), for k in the place of K, A_j and V_j are
in block k; the same for B_j and V_j.  So every term is in one block, and by (a) every block has three.

(i) follows from Steps 1 and 2.

*Step 3.*  Let H = 3K + 1 and p >= 5.  By Step 2 the terms of Step 1 are three in each block.  In block k = 1 let
:math:`A_j = r_j \cos(2\pi a/p - \alpha_j)`, j = 1, 2, 3.  Two of the V'_j are independent, and so are two of the
A_j: else some y in U_1 with B_j(y) = 0 for the third leaves :math:`\varphi(\cdot, y)` with rank 1.  So there is one
relation :math:`\sum c_j V'_j = 0` up to scale, and no c_j is 0.  The part of (*) with V' in block 1 and frequency 2 of
a (another block, since 3 is not 0 mod p) is :math:`\sum_j V'_j r_j^2 \cos(4\pi a/p - 2\alpha_j) = 0`.  For every a
these three numbers are a multiple of c, so the three functions are multiples of one: the :math:`2\alpha_j` agree modulo
:math:`\pi`, and of the three :math:`\alpha_j` two agree modulo :math:`\pi`: two A_j would be dependent.
QED
"""

from theory.errors import InputError


def least_width(p: int) -> tuple[int, int]:
    """Lower and upper bound of the least number of neurons of an exact fit.

    Raises:
        InputError: unless p is odd and at least 3.

    Examples:
        >>> [least_width(p) for p in (3, 5, 7, 9, 15)]
        [(4, 4), (8, 8), (11, 13), (14, 16), (23, 27)]
    """
    require_odd(p)
    blocks = (p - 1) // 2
    lower = 3 * blocks + 1 + (p >= 5)
    return lower, 4 * blocks + 1 - (p % 3 == 0) - (p % 5 == 0)


def require_odd(p: int) -> None:
    """Refuse everything but odd integers from 3.

    Raises:
        InputError: for anything else.
    """
    if not isinstance(p, int) or isinstance(p, bool) or p < 3 or p % 2 == 0:
        raise InputError(f"p must be an odd integer of at least 3; got {p!r}")
