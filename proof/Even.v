(* Even orders: correlation.  A sign chi, chi(x+y) = chi(x) chi(y), tells even elements from odd ones, and the pair   *)
(* (y - x, x + y) takes each value with two equal signs twice.  So the two shadows of Correlation.v are no longer     *)
(* orthogonal: they share the alternating part, which is subtracted once (corr_even).  Against it correlation loses   *)
(* no half; a norm in which it counts more, and doubles its weight with each correlation, puts this right.            *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From FourierMargin Require Import Correlation Multilinear.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Even.
Variables (R : rcfType) (G : finZmodType) (chi : G -> R).
Hypotheses (chiD : forall x y, chi (x + y) = chi x * chi y) (chi2 : forall x, chi x ^+ 2 = 1).
Hypothesis doubling : forall H : G -> R, \sum_x H (x + x) = \sum_e (1 + chi e) * H e.
Notation n := (#|G|%:R : R).
Implicit Types u v : G -> R.

Lemma chiB x y : chi (x - y) = chi x * chi y.
Proof. by rewrite -[x in RHS](subrK y) [in RHS]chiD -mulrA -expr2 chi2 mulr1. Qed.

Lemma sum_chi_square : \sum_x chi x ^+ 2 = n.
Proof. by under eq_bigr do rewrite chi2; rewrite sum_const mulr1. Qed.

Lemma sum_chi0 : \sum_x chi x = 0.
Proof.
have := doubling (fun=> 1); under [RHS]eq_bigr do rewrite mulr1.
by rewrite big_split /= => e; apply: (addrI (\sum_(x : G) 1)); rewrite addr0 -e.
Qed.

(* The alternating part of a function. *)
Definition alt v : R := \sum_x chi x * v x.

Lemma alt_square v : alt v ^+ 2 <= n * \sum_x v x ^+ 2.
Proof. by have := cauchy chi v; rewrite sum_chi_square. Qed.

Lemma alt_corr u v : alt (corr u v) = alt u * alt v.
Proof.
rewrite /alt big_distrlr /=; under eq_bigr do rewrite /corr mulr_sumr.
rewrite exchange_big; apply: eq_bigr => x _ /=.
rewrite -[RHS](sum_shiftl _ x); apply: eq_bigr => c _ /=.
have e : chi x * chi (x + c) = chi c by rewrite mulrC -chiB addrC addKr.
by rewrite -e; ring.
Qed.

(* Where shadows of both kinds meet. *)
Lemma sum_pairs (F H : G -> R) : \sum_x \sum_y F (y - x) * H (x + y) = (\sum_x F x) * (\sum_x H x) + alt F * alt H.
Proof.
transitivity (\sum_d F d * \sum_x H (x + x + d)).
  under [RHS]eq_bigr do rewrite mulr_sumr.
  rewrite [RHS]exchange_big; apply: eq_bigr => x _ /=.
  rewrite -[LHS](sum_shiftl _ x); apply: eq_bigr => d _ /=.
  by rewrite (addrAC x d) subrr add0r addrA.
rewrite /alt [in X in _ = X + _]big_distrl [in X in _ = _ + X]big_distrl -big_split /=; apply: eq_bigr => d _.
rewrite (doubling (fun e => H (e + d))) -mulrA [chi d * _]mulrCA -mulrDr; congr (_ * _).
rewrite mulr_sumr -big_split -[RHS](sum_shift _ d); apply: eq_bigr => e _ /=.
by rewrite chiD [chi d * _]mulrA [chi d * (_ * _)]mulrCA -expr2 chi2 mulr1 mulrDl mul1r.
Qed.

Lemma alt_conv u v : alt (conv u v) = alt u * alt v.
Proof.
rewrite /alt big_distrlr /=; under eq_bigr do rewrite /conv mulr_sumr.
rewrite exchange_big; apply: eq_bigr => x _ /=.
rewrite -[LHS](sum_shift _ x); apply: eq_bigr => c _ /=.
by rewrite addrK chiD; ring.
Qed.

(* What the table lacks, the alternating part of both shadows counted once. *)
Lemma corr_even u v : \sum_x v x = 0 ->
  2 * n * (\sum_c corr u v c ^+ 2) <= n ^+ 2 * ((\sum_x u x ^+ 2) * (\sum_x v x ^+ 2)) + (alt u * alt v) ^+ 2.
Proof.
move=> v0; have n0 : n != 0 by rewrite gt_eqF // order_gt0.
set a := alt u * alt v; pose T x y := n * (u x * v y) - corr u v (y - x) - conv u v (x + y).
have : 0 <= \sum_x \sum_y (T x y + a / n * chi (x + y)) ^+ 2.
  by apply: sumr_ge0 => x _; apply: sumr_ge0 => y _; apply: sqr_ge0.
have cross : \sum_x \sum_y T x y * chi (x + y) = - (n * a).
  transitivity (n * (\sum_x \sum_y (u x * v y) * chi (x + y)) - (\sum_x \sum_y corr u v (y - x) * chi (x + y))
      - (\sum_x \sum_y conv u v (x + y) * chi (x + y))).
    rewrite mulr_sumr -!sumrN -!big_split /=; apply: eq_bigr => x _.
    by rewrite mulr_sumr -!sumrN -!big_split /=; apply: eq_bigr => y _; rewrite /T; move: n => N; ring.
  have -> : \sum_x \sum_y (u x * v y) * chi (x + y) = a.
    by rewrite /a big_distrlr; apply: eq_bigr => x _; apply: eq_bigr => y _ /=; rewrite chiD; ring.
  have -> : \sum_x \sum_y corr u v (y - x) * chi (x + y) = n * a.
    rewrite sum_pairs sum_corr // mul0r add0r alt_corr mulrC; congr (_ * _).
    by rewrite -sum_chi_square; apply: eq_bigr => x _; rewrite expr2.
  have -> : \sum_x \sum_y conv u v (x + y) * chi (x + y) = n * a.
    rewrite -sum_const; apply: eq_bigr => x _.
    by rewrite (sum_shiftl (fun c => conv u v c * chi c)) /a -alt_conv; apply: eq_bigr => c _; rewrite mulrC.
  by move: n => N; ring.
have -> : \sum_x \sum_y (T x y + a / n * chi (x + y)) ^+ 2
    = \sum_x \sum_y T x y ^+ 2 + 2 * (a / n) * (\sum_x \sum_y T x y * chi (x + y)) + (a / n) ^+ 2 * (n * n).
  rewrite -[n * n]sum_const mulr_sumr [in X in _ + X]mulr_sumr -!big_split /=; apply: eq_bigr => x _.
  rewrite -[n]mulr1 -[n * 1]sum_const !mulr_sumr -!big_split /=; apply: eq_bigr => y _.
  by rewrite sqrrD exprMn chi2 mulr1 mulrCA mulr_natl; ring.
rewrite cross corr_square sum_pairs sum_corr // mul0r add0r alt_corr alt_conv -/a.
have same (x y : R) : x = y -> 0 <= x -> 0 <= y by move->.
rewrite -(subr_ge0 (2 * n * _)); apply: same.
by move: n n0 (\sum_x u x ^+ 2) (\sum_x v x ^+ 2) (\sum_c corr u v c ^+ 2) => N N0 U V P; field; exact: N0.
Qed.

(* The norm in which the alternating part counts kappa times. *)
Definition norm kappa v : R := n * (\sum_x v x ^+ 2) + (kappa - 1) * alt v ^+ 2.

Lemma norm_eq kappa u v : u =1 v -> norm kappa u = norm kappa v.
Proof. by move=> e; rewrite /norm /alt; congr (_ * _ + _ * _ ^+ 2); apply: eq_bigr => x _; rewrite e. Qed.

Lemma corr_norm kappa u v : 1 <= kappa -> \sum_x v x = 0 ->
  2 * norm kappa (corr u v) <= n * (\sum_x u x ^+ 2) * norm (2 * kappa) v.
Proof.
move=> k1 v0; rewrite /norm alt_corr; have := corr_even u v0; have := alt_square u.
move: n (\sum_x u x ^+ 2) (\sum_x v x ^+ 2) (\sum_c corr u v c ^+ 2) (alt u) (alt v) => N U V P a b ha hp.
have h : (2 * kappa - 1) * b ^+ 2 * a ^+ 2 <= (2 * kappa - 1) * b ^+ 2 * (N * U).
  apply: ler_wpmul2l ha; apply: mulr_ge0 (sqr_ge0 b).
  by rewrite subr_ge0 mulr_natl mulr2n -[1]addr0 ler_add // (le_trans ler01).
have -> : 2 * (N * P + (kappa - 1) * (a * b) ^+ 2) = 2 * N * P + 2 * (kappa - 1) * (a * b) ^+ 2 by ring.
apply: le_trans (ler_add hp (lexx _)) _.
have -> : N ^+ 2 * (U * V) + (a * b) ^+ 2 + 2 * (kappa - 1) * (a * b) ^+ 2
    = N ^+ 2 * (U * V) + (2 * kappa - 1) * b ^+ 2 * a ^+ 2 by ring.
apply: le_trans (ler_add (lexx _) h) _.
by rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.

Lemma contract_even k kappa (u : 'I_k -> G -> R) v : 1 <= kappa -> \sum_x v x = 0 ->
  2 ^+ k * norm kappa (contract u v) <= n ^+ k * ((\prod_j \sum_x u j x ^+ 2) * norm (2 ^+ k * kappa) v).
Proof.
elim: k u kappa => [|k IH] u kappa k1 v0.
  by rewrite !expr0 !mul1r big_ord0 mul1r (norm_eq _ (contract0 u v)).
rewrite (norm_eq _ (contractS u v)); set t := fun j => u (lift ord0 j).
have k2 : 1 <= 2 * kappa by rewrite mulr_natl mulr2n -[1]addr0 ler_add // (le_trans ler01).
have [h1 h2] := (corr_norm (u ord0) k1 (sum_contract t v0), IH t _ k2 v0).
rewrite exprSr -mulrA big_ord_recl exprS.
apply: le_trans (ler_wpmul2l _ h1) _; first by rewrite exprn_ge0 ?ler0n.
rewrite [in 2 ^+ k * 2]mulrC -[2 * 2 ^+ k * kappa]mulrA [X in norm X v]mulrCA.
move: h2; set A := \sum_x u _ x ^+ 2; set B := \prod_i _; set C := norm _ (contract _ _); set D := norm _ v => h2.
have -> : 2 ^+ k * (n * A * C) = (n * A) * (2 ^+ k * C) by ring.
have -> : n * n ^+ k * (A * B * D) = (n * A) * (n ^+ k * (B * D)) by ring.
by apply: ler_wpmul2l h2; rewrite mulr_ge0 ?ler0n ?sumr_ge0 // => x _; rewrite sqr_ge0.
Qed.

End Even.
