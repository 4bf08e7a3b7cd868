(* The complex numbers R[i] as the field in which frequencies live, and cosines as real parts.                        *)
From mathcomp Require Import all_ssreflect all_algebra complex.
From mathcomp Require Import ring.
From FourierMargin Require Import Statement.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Complex.
Variable R : rcfType.
Notation C := [numClosedFieldType of R[i]].
Definition toC : {rmorphism R -> C} := [rmorphism of real_complex R].

Lemma toC_conj x : ((toC x)^*)%R = toC x. Proof. exact: conjc_real. Qed.
Lemma toC_gt0 x : 0 < x -> 0 < toC x. Proof. by move=> x0; rewrite -(rmorph0 toC) ltcR. Qed.

(* A wave written with inverses is a cosine. *)
Lemma cosine (r X : R[i]) : 0 < r -> `|X| = 1 -> r * (X + X^-1) = toC (2 * complex.Re r * complex.Re X).
Proof.
move=> r0 X1; rewrite !rmorphM /= -[2 in RHS]/(2%:R : R) rmorph_nat.
have -> : real_complex R (complex.Re r) = r by apply/RRe_real/ger0_real/ltW.
have id (a b : R[i]) : 2 * a * (b / 2) = a * b by field.
by rewrite (invC_norm X) X1 expr1n invr1 mul1r ReJ_add id.
Qed.

Lemma Re_gt0 (r : R[i]) : 0 < r -> 0 < complex.Re r.
Proof. by move=> r0; rewrite -ltcR RRe_real // ger0_real // ltW. Qed.

Lemma cosine_neuron k p (n : neuron R (Z_ p) k) (z r : R[i]) (xi : 'I_k -> R[i]) :
  0 < r -> (forall j, `|xi j| = 1) -> `|z| = 1 ->
  (forall j x, toC (inp n j x) = r * (xi j * z ^+ nat_of_ord x + (xi j * z ^+ nat_of_ord x)^-1)) ->
  (forall x, toC (out n x) = r * ((\prod_j xi j) * z ^+ nat_of_ord x + ((\prod_j xi j) * z ^+ nat_of_ord x)^-1)) ->
  of_frequency z n.
Proof.
move=> r0 x1 z1 fi fo; have zx (x : nat) : `|z ^+ x| = 1 by rewrite normrX z1 expr1n.
exists (2 * complex.Re r), xi; split=> // [|j x|x]; first by rewrite mulr_gt0 ?Re_gt0 ?ltr0n.
  by apply: (fmorph_inj toC); rewrite fi cosine // normrM x1 zx mul1r.
by apply: (fmorph_inj toC); rewrite fo cosine // normrM normr_prod big1 // zx mul1r.
Qed.

End Complex.
