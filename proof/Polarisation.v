(* The polarisation identity: the sum over sign vectors turns a k-th power into a product,                            *)
(*     sum over s with s_1 = 1 of (prod s) (s_1 x_1 + ... + s_k x_k)^k = 2^(k-1) k! x_1 ... x_k.                      *)
(* It is the lemma on powers of Multilinear.v, read on the group with two elements.                                   *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From FourierMargin Require Import Multilinear.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Polarisation.
Variable R : rcfType.
Notation sgn s := ((-1) ^+ (nat_of_ord (s : 'Z_2)) : R).

Lemma sgnD (s t : 'Z_2) : sgn (s + t) = sgn s * sgn t.
Proof. by case: s t => [[|[|s]] hs] [[|[|t]] ht] //=; rewrite ?expr1 ?mulr1 ?mul1r ?mulrNN ?mulr1. Qed.

Lemma sgn_sum (I : finType) (s : I -> 'Z_2) : sgn (\sum_j s j) = \prod_j sgn (s j).
Proof. by rewrite (big_morph (fun s : 'Z_2 => sgn s) sgnD (erefl _)). Qed.

Lemma polar k (x : 'I_k -> R) :
  \sum_(s : {ffun 'I_k -> 'Z_2}) (\sum_j sgn (s j) * x j) ^+ k * sgn (\sum_j s j) = 2 ^+ k * k`!%:R * \prod_j x j.
Proof.
have v0 : \sum_(s : [finZmodType of 'Z_2]) sgn s = 0 by rewrite !big_ord_recl big_ord0 /= expr0 expr1 addr0 subrr.
rewrite (power_multilinear (G := [finZmodType of 'Z_2]) (fun j s => sgn s * x j) v0).
rewrite -[RHS]mulrA [RHS]mulrCA; congr (_ * _).
transitivity (\sum_(s : {ffun 'I_k -> 'Z_2}) \prod_j x j).
  apply: eq_bigr => s _; rewrite big_split /= sgn_sum mulrAC -big_split big1 ?mul1r // => j _ /=.
  by rewrite -exprMn mulrNN mulr1 expr1n.
by rewrite sumr_const card_ffun !card_ord -[LHS]mulr_natr natrX mulrC.
Qed.

Lemma polar_half l (x : 'I_l.+1 -> R) :
  \sum_(s : {ffun 'I_l.+1 -> 'Z_2} | s ord0 == 0) (\sum_j sgn (s j) * x j) ^+ l.+1 * sgn (\sum_j s j)
    = 2 ^+ l * l.+1`!%:R * \prod_j x j.
Proof.
set F := fun s : {ffun 'I_l.+1 -> 'Z_2} => (\sum_j sgn (s j) * x j) ^+ l.+1 * sgn (\sum_j s j).
have H : \sum_s F s = 2 ^+ l.+1 * l.+1`!%:R * \prod_j x j by apply: polar.
pose f (s : {ffun 'I_l.+1 -> 'Z_2}) := [ffun j => s j + 1] : {ffun 'I_l.+1 -> 'Z_2}.
have ff : involutive f.
  by move=> s; apply/ffunP => j; rewrite !ffunE; case: (s j) => [[|[|i]] hi]; apply/val_inj.
have Ff s : F (f s) = F s.
  rewrite /F !sgn_sum.
  have -> : \sum_j sgn (f s j) * x j = - \sum_j sgn (s j) * x j.
    by rewrite -sumrN; apply: eq_bigr => j _; rewrite ffunE sgnD expr1 mulrN1 mulNr.
  have -> : \prod_j sgn (f s j) = (-1) ^+ l.+1 * \prod_j sgn (s j).
    rewrite -[in X in X * _](card_ord l.+1) -prodr_const -big_split; apply: eq_bigr => j _.
    by rewrite ffunE sgnD mulrC.
  by rewrite exprNn mulrACA -exprMn mulrNN mulr1 expr1n mul1r.
apply: (mulfI (_ : 2 != 0 :> R)); first by rewrite pnatr_eq0.
rewrite !mulrA -exprS -H [RHS](bigID (fun s : {ffun 'I_l.+1 -> 'Z_2} => s ord0 == 0)) /= -/F.
rewrite mulr_natl mulr2n; congr (_ + _).
rewrite [RHS](reindex_inj (inv_inj ff)); apply: eq_big => s; last by rewrite Ff.
by rewrite ffunE; case: (s ord0) => [[|[|i]] hi].
Qed.

End Polarisation.
