(* What exp and log are taken to be: exp turns sums into products and lies above its tangent 1 + x; log undoes it.    *)
(* From this alone follows Gibbs' inequality, which compares any logits with a chosen distribution.                   *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From FourierMargin Require Import Statement Beyond.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Exponential.
Variables (R : rcfType) (exp log : R -> R).
Hypothesis E : exponential exp log.
Implicit Types x y : R.

Lemma expD x y : exp (x + y) = exp x * exp y. Proof. by case: E. Qed.
Lemma exp_ge x : 1 + x <= exp x. Proof. by case: E. Qed.
Lemma logK x : 0 < x -> exp (log x) = x. Proof. by case: E => _ _; apply. Qed.

Lemma exp_half x : exp x = exp (x / 2) ^+ 2.
Proof. by rewrite expr2 -expD -mulr2n -mulr_natl mulrC divfK // pnatr_eq0. Qed.

Lemma exp0 : exp 0 = 1.
Proof.
have n0 : exp 0 != 0 by rewrite gt_eqF // (lt_le_trans ltr01) // -[1]addr0 exp_ge.
by apply: (mulfI n0); rewrite -expD addr0 mulr1.
Qed.

Lemma expN x : exp x * exp (- x) = 1. Proof. by rewrite -expD subrr exp0. Qed.

Lemma exp_gt0 x : 0 < exp x.
Proof.
rewrite lt_def exp_half sqr_ge0 andbT -exp_half; apply/eqP => x0.
by have := expN x; rewrite x0 mul0r => /eqP; rewrite eq_sym oner_eq0.
Qed.

(* The tangent touches at 0 alone. *)
Lemma exp_tangent x : exp x = 1 + x -> x = 0.
Proof.
move=> e; case: (lerP 0 (1 + x / 2)) => h.
  have : (1 + x / 2) ^+ 2 <= exp x by rewrite exp_half ler_pexpn2r // ?nnegrE ?exp_ge // ltW ?exp_gt0.
  rewrite e -subr_ge0 (_ : _ - _ = - (x / 2) ^+ 2) ?oppr_ge0; last by field.
  move=> h2; have : (x / 2) ^+ 2 == 0 by rewrite eq_le h2 sqr_ge0.
  by rewrite sqrf_eq0 mulf_eq0 invr_eq0 pnatr_eq0 orbF => /eqP.
have : 0 < 1 + x by rewrite -e exp_gt0.
have -> : 1 + x = 2 * (1 + x / 2) - 1 by field.
by rewrite ltNge => /negP[]; rewrite ltW // subr_lt0 (lt_trans _ ltr01) // nmulr_llt0 // ltr0n.
Qed.

Lemma exp_inj x y : exp x = exp y -> x = y.
Proof.
move=> e; have e1 : exp (x - y) = 1 by rewrite expD e expN.
have e2 : exp (y - x) = 1 by rewrite expD -e expN.
have := exp_ge (x - y); have := exp_ge (y - x); rewrite e1 e2 -{2 4}[1]addr0 !ler_add2l !subr_le0 => h1 h2.
by apply/eqP; rewrite eq_le h1 h2.
Qed.

Lemma expK x : log (exp x) = x. Proof. by apply: exp_inj; rewrite logK // exp_gt0. Qed.
Lemma log1 : log 1 = 0. Proof. by rewrite -exp0 expK. Qed.
Lemma logM x y : 0 < x -> 0 < y -> log (x * y) = log x + log y.
Proof. by move=> x0 y0; apply: exp_inj; rewrite expD !logK // mulr_gt0. Qed.
Lemma logV x : 0 < x -> log x^-1 = - log x.
Proof.
move=> x0; apply: (addrI (log x)); rewrite -logM ?invr_gt0 // mulfV ?gt_eqF // subrr.
exact: log1.
Qed.

Lemma log_gt0 x : 1 < x -> 0 < log x.
Proof.
move=> x1; rewrite ltNge; apply/negP => l0; have := exp_ge (- log x).
have x0 := lt_trans ltr01 x1.
rewrite -(ler_pmul2l (exp_gt0 (log x))) expN logK // leNgt => /negP[].
apply: lt_le_trans x1 _; rewrite -[X in X <= _]mulr1 ler_pmul2l //.
by rewrite ler_addl oppr_ge0.
Qed.

(* Gibbs: the log of a sum of exponentials against a distribution q, with equality at x_i = log q_i + constant. *)
Section Gibbs.
Variables (I : finType) (q x : I -> R).
Hypotheses (q_gt0 : forall i, 0 < q i) (q_sum : \sum_i q i = 1).
Let S := \sum_i exp (x i).

Lemma gibbs_gt0 : 0 < S.
Proof.
have [i _|I0] := pickP I; last by move/eqP: q_sum; rewrite big_pred0 // eq_sym oner_eq0.
by rewrite /S (bigD1 i) //= ltr_spaddl ?exp_gt0 // sumr_ge0 // => j _; rewrite ltW ?exp_gt0.
Qed.

Let gap i := q i * (exp (x i - log (q i) - log S) - (1 + (x i - log (q i) - log S))).
Lemma gap_ge0 i : 0 <= gap i. Proof. by rewrite mulr_ge0 ?subr_ge0 ?exp_ge // ltW. Qed.

Lemma gibbs_gap : log S - \sum_i q i * (x i - log (q i)) = \sum_i gap i.
Proof.
have e i : q i * exp (x i - log (q i) - log S) = exp (x i) / S.
  have en y : 0 < y -> exp (- log y) = y^-1 by move=> y0; rewrite -logV // logK // invr_gt0.
  rewrite !expD !en ?gibbs_gt0 //; field; rewrite ?gt_eqF ?gibbs_gt0 ?q_gt0 //.
transitivity (\sum_i (exp (x i) / S - q i - q i * (x i - log (q i)) + q i * log S)).
  rewrite !big_split /= !sumrN -!mulr_suml q_sum mulfV ?gt_eqF ?gibbs_gt0 // subrr sub0r mul1r.
  by rewrite addrC.
by apply: eq_bigr => i _; rewrite -e /gap; ring.
Qed.

Lemma gibbs : \sum_i q i * (x i - log (q i)) <= log S.
Proof. by rewrite -subr_ge0 gibbs_gap sumr_ge0 // => i _; apply: gap_ge0. Qed.

Lemma gibbs_equality : log S = \sum_i q i * (x i - log (q i)) -> forall i, x i = log (q i) + log S.
Proof.
move/eqP; rewrite -subr_eq0 gibbs_gap psumr_eq0 => [/allP h i|i _]; last exact: gap_ge0.
have := h i (mem_index_enum i); rewrite /= mulf_eq0 gt_eqF //= subr_eq0 => /eqP/exp_tangent/eqP.
by rewrite subr_eq0 subr_eq addrC => /eqP.
Qed.

End Gibbs.
End Exponential.
