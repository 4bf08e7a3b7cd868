(* Even orders: no network has a larger margin.  As in UpperBound.v the margins are averaged over all inputs and      *)
(* labels, but a wrong label at even distance counts 2r - 1 times, one at odd distance once, r = sqrt(2)^(k-1): then  *)
(* the alternating part of the output comes out r times weaker than the rest, which is what it is worth too much.     *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From FourierMargin Require Import Statement Correlation Multilinear UpperBound Even.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section EvenBound.
Variables (R : rcfType) (G : finZmodType) (chi : G -> R) (l : nat).
Hypotheses (chiD : forall x y, chi (x + y) = chi x * chi y) (chi2 : forall x, chi x ^+ 2 = 1).
Hypothesis doubling : forall H : G -> R, \sum_x H (x + x) = \sum_e (1 + chi e) * H e.
Notation n := (#|G|%:R : R).
Notation k := l.+1.
Notation alt := (alt chi).
Notation norm := (norm chi).
Implicit Types t : neuron R G k.

Definition r : R := Num.sqrt 2 ^+ l.
Lemma r_ge1 : 1 <= r.
Proof. by rewrite exprn_ege1 // -(ler_sqr (x := 1)) ?nnegrE ?sqrtr_ge0 // expr1n sqr_sqrtr ?ler0n // ler1n. Qed.
Lemma r_square : r ^+ 2 = 2 ^+ l. Proof. by rewrite exprAC sqr_sqrtr ?ler0n. Qed.

(* ---------------------------------- The weighted average of the margins ----------------------------------------- *)

Definition weight (d : G) : R := r + (r - 1) * chi d.

Lemma weight_ge0 d : 0 <= weight d.
Proof.
have := chi2 d => /eqP; rewrite sqrf_eq1 => /orP[] /eqP e; rewrite /weight e.
  by rewrite mulr1 addr_ge0 ?subr_ge0 ?r_ge1 // (le_trans ler01 r_ge1).
by rewrite mulrN1 opprB addrCA subrr addr0 ler01.
Qed.

Lemma chi0 : chi 0 = 1. Proof. by have := chi2 0; rewrite expr2 -chiD addr0. Qed.

Definition weights : R := r * (n - 2) + 1.

Lemma sum_weight (y : G) : \sum_(c | c != y) weight (c - y) = weights.
Proof.
have : \sum_c weight (c - y) = n * r.
  rewrite (sum_shift weight) big_split /= sum_const -mulr_sumr (sum_chi0 doubling) mulr0 addr0.
  by [].
rewrite (bigD1 y) //= subrr {1}/weight chi0 => e.
by apply: (addrI (r + (r - 1) * 1)); rewrite e /weights; move: n => N; ring.
Qed.

Definition weighed t c : R := \sum_e weight (e - c) * (out t c - out t e).

Definition total_even t : R := \sum_(a : {ffun 'I_k -> G}) (\sum_j inp t j (a j)) ^+ k * weighed t (label a).

Lemma average_even (theta : network R G k) m : margin_ge theta m ->
  m * (n ^+ k * weights) <= \sum_(t <- theta) total_even t.
Proof.
move=> hm.
have -> : \sum_(t <- theta) total_even t
    = \sum_(a : {ffun 'I_k -> G}) \sum_c weight (c - label a) * (logit theta a (label a) - logit theta a c).
  rewrite exchange_big; apply: eq_bigr => a _ /=.
  under eq_bigr do rewrite /weighed mulr_sumr.
  rewrite exchange_big; apply: eq_bigr => c _ /=.
  by rewrite /logit -sumrB mulr_sumr; apply: eq_bigr => t _; rewrite -mulrBr mulrCA.
have -> : m * (n ^+ k * weights) = \sum_(a : {ffun 'I_k -> G}) m * weights.
  by rewrite sumr_const card_ffun card_ord -[RHS]mulr_natr natrX mulrA mulrAC.
apply: ler_sum => a _; rewrite [X in _ <= X](bigD1 (label a)) //= !subrr mulr0 add0r.
rewrite -(sum_weight (label a)) mulr_sumr; apply: ler_sum => c ca.
by rewrite mulrC; apply: ler_wpmul2l; [apply: weight_ge0 | apply: hm].
Qed.

(* ------------------------------------------- One neuron --------------------------------------------------------- *)

Lemma weighedE t c : weighed t c = r * centred t c - (r - 1) * (chi c * alt (out t)).
Proof.
rewrite /weighed /centred /alt; transitivity (\sum_e (r * (out t c - out t e)
    + (r - 1) * out t c * chi (e - c) - (r - 1) * chi c * (chi e * out t e))).
  by apply: eq_bigr => e _; rewrite /weight (chiB chiD chi2); ring.
rewrite !big_split /= -!mulr_sumr sumrN -!mulr_sumr (sum_shift chi) (sum_chi0 doubling).
rewrite big_split /= sumrN sum_const; move: n (\sum_c out t c) (\sum_x chi x * out t x) => N S A; ring.
Qed.

Lemma sum_weighed t : \sum_c weighed t c = 0.
Proof.
under eq_bigr do rewrite weighedE.
by rewrite big_split /= sumrN -!mulr_sumr -mulr_suml sum_centred (sum_chi0 doubling); ring.
Qed.

Lemma alt_centred t : alt (centred t) = n * alt (out t).
Proof.
transitivity (\sum_c (n * (chi c * out t c) - (\sum_x out t x) * chi c)).
  by apply: eq_bigr => c _; rewrite /centred; move: n => N; ring.
by rewrite big_split /= sumrN -!mulr_sumr (sum_chi0 doubling) mulr0 subr0.
Qed.

Lemma norm_weighed t : norm (r ^+ 2) (weighed t) <= r ^+ 2 * (n ^+ 3 * out_energy t).
Proof.
have := norm_centred_le t; have := alt_centred t; have := weighedE t.
move: (alt (out t)) (weighed t) (centred t) (out_energy t) => A W V O wE aE h.
have S : alt W = n * A.
  transitivity (r * (\sum_c chi c * V c) - (r - 1) * A * \sum_c chi c ^+ 2).
    rewrite !mulr_sumr -sumrN -big_split; apply: eq_bigr => c _ /=; rewrite wE; ring.
  by rewrite -/(alt V) (sum_chi_square chi2) aE; move: n => N; ring.
have Q : \sum_c W c ^+ 2 = r ^+ 2 * (\sum_c V c ^+ 2) + ((r - 1) ^+ 2 - 2 * r * (r - 1)) * n * A ^+ 2.
  transitivity (r ^+ 2 * (\sum_c V c ^+ 2) - 2 * r * (r - 1) * A * (\sum_c chi c * V c)
      + ((r - 1) * A) ^+ 2 * \sum_c chi c ^+ 2).
    by rewrite !mulr_sumr -sumrN -!big_split /=; apply: eq_bigr => c _; rewrite wE; ring.
  by rewrite -/(alt V) (sum_chi_square chi2) aE; move: n => N; ring.
rewrite /norm S Q; move: (\sum_c V c ^+ 2) h => P h.
have -> : r ^+ 2 * (n ^+ 3 * O) = n * r ^+ 2 * (n ^+ 2 * O) by move: n => N; ring.
have h' : n * r ^+ 2 * P <= n * r ^+ 2 * (n ^+ 2 * O) by apply: ler_wpmul2l h; rewrite mulr_ge0 ?ler0n ?sqr_ge0.
by apply: le_trans h'; rewrite le_eqVlt; apply/orP; left; apply/eqP; move: n => N; ring.
Qed.

Definition best_even t : R :=
  k`!%:R * (Num.sqrt n * (Num.sqrt (sqnorm t) / Num.sqrt k.+1%:R)) ^+ k.+1.

Lemma best_even_ge0 t : 0 <= best_even t.
Proof. by rewrite /best_even mulr_ge0 ?ler0n ?exprn_ge0 ?mulr_ge0 ?invr_ge0 ?sqrtr_ge0. Qed.

Lemma single_neuron_even t : total_even t <= best_even t.
Proof.
pose T := \sum_(a : {ffun 'I_k -> G}) (\prod_j inp t j (a j)) * weighed t (label a).
have -> : total_even t = k`!%:R * T := power_multilinear (inp t) (sum_weighed t).
apply: ler_wpmul2l; first exact: ler0n.
apply: le_trans (ler_norm _) _.
have n0 : 0 < n := order_gt0 R G.
have R0 : 0 <= (Num.sqrt n * (Num.sqrt (sqnorm t) / Num.sqrt k.+1%:R)) ^+ k.+1.
  by rewrite exprn_ge0 ?mulr_ge0 ?invr_ge0 ?sqrtr_ge0.
rewrite -(ler_pexpn2r (n := 2)) ?nnegrE ?normr_ge0 // real_normK ?num_real //.
rewrite exprAC [(Num.sqrt _ * _) ^+ 2]exprMn expr_div_n !sqr_sqrtr ?ler0n ?sqnorm_ge0 //.
set u := fun j => inp t (lift ord0 j); set g := contract u (weighed t).
have TE : T = \sum_x inp t ord0 x * g x.
  transitivity (contract (inp t) (weighed t) 0); first by apply: eq_bigr => a _; rewrite add0r.
  by rewrite contractS; apply: eq_bigr => x _; rewrite addr0.
have h1 : T ^+ 2 <= energy t ord0 * \sum_c g c ^+ 2 by rewrite TE; apply: cauchy.
have h2 := contract_even chiD chi2 doubling u (lexx 1) (sum_weighed t).
rewrite mulr1 -r_square /Even.norm subrr mul0r addr0 -/g in h2.
have h3 := norm_weighed t; have h4 := leif_le (mean_inequality t).
rewrite exprMn [X in _ <= X]mulrC; move: h4; rewrite big_ord_recl /= => h4.
have r0 : 0 < r ^+ 2 * n by rewrite mulr_gt0 // exprn_gt0 // (lt_le_trans ltr01 r_ge1).
rewrite -(ler_pmul2l r0).
have E0 : 0 <= energy t ord0 by apply: energy_ge0.
have P0 : 0 <= \prod_(j < l) energy t (lift ord0 j) by apply: prodr_ge0 => j _; apply: energy_ge0.
have L0 : 0 <= n ^+ l by rewrite exprn_ge0 ?ler0n.
move: h1 h2 h3 h4 E0 P0; rewrite /energy -/(out_energy t) -/u.
set P := \prod_j _; set W := norm _ _; set E := \sum_x inp t ord0 x ^+ 2; set S := \sum_c g c ^+ 2.
set M := _ ^+ k.+1 => h1 h2 h3 h4 E0 P0.
apply: le_trans (_ : E * (r ^+ 2 * (n * S)) <= _).
  have -> : E * (r ^+ 2 * (n * S)) = r ^+ 2 * n * (E * S) by move: n => N; ring.
  by apply: ler_wpmul2l h1; apply: ltW.
apply: le_trans (ler_wpmul2l E0 h2) _.
apply: le_trans (_ : E * (n ^+ l * (P * (r ^+ 2 * (n ^+ 3 * out_energy t)))) <= _).
  by do 3!apply: ler_wpmul2l => //.
have -> : E * (n ^+ l * (P * (r ^+ 2 * (n ^+ 3 * out_energy t))))
    = r ^+ 2 * n * (n ^+ l * n ^+ 2) * (E * P * out_energy t).
  by move: n (n ^+ l) => N L; ring.
have -> : r ^+ 2 * n * (M * n ^+ k.+1) = r ^+ 2 * n * (n ^+ l * n ^+ 2) * M.
  by rewrite -exprD addn2 [M * _]mulrC mulrA.
by apply: ler_wpmul2l h4; apply: mulr_ge0 (ltW r0) _; rewrite mulr_ge0 ?sqr_ge0.
Qed.

(* ------------------------------------------- The network -------------------------------------------------------- *)

Lemma gamma_even_identity (a b c s K D : R) : a != 0 -> b != 0 -> c != 0 -> D != 0 -> b ^+ 2 = 2 ->
  K * (a * (s / c)) ^+ l.+2
    = 2 * K / ((b * c) ^+ l.+2 * D * a ^+ l) * s ^+ l.+2 * ((a ^+ 2) ^+ l.+1 * (b ^+ l * D)).
Proof.
move=> a0 b0 c0 D0 <-; rewrite [(a * _) ^+ _]exprMn [(s / c) ^+ _]exprMn [(b * c) ^+ _]exprMn !exprVn.
have E (x : R) : x ^+ l.+2 = x ^+ 2 * x ^+ l by rewrite -exprD.
rewrite [(a ^+ 2) ^+ _]exprAC !E (exprSr a l).
have [A0 B0 C0] : [/\ a ^+ l != 0, b ^+ l != 0 & c ^+ l != 0] by rewrite !expf_neq0.
move: A0 B0 C0; set A := a ^+ l; set B := b ^+ l; set C := c ^+ l; set S := s ^+ l.
by move=> A0 B0 C0; field; rewrite ?A0 ?B0 ?C0 ?a0 ?b0 ?c0 ?D0.
Qed.

Hypothesis G_gt1 : (1 < #|G|)%N.

Lemma n_ge2 : 0 <= n - 2. Proof. by rewrite subr_ge0 ler_nat. Qed.
Lemma r_gt0 : 0 < r. Proof. exact: lt_le_trans ltr01 r_ge1. Qed.
Lemma spread_gt0 : 0 < n - 2 + r^-1. Proof. by rewrite ltr_paddl ?n_ge2 // invr_gt0 r_gt0. Qed.

Lemma weightsE : weights = r * (n - 2 + r^-1).
Proof. by rewrite /weights [RHS]mulrDr mulfV // gt_eqF ?r_gt0. Qed.

Lemma gamma_even_best t : best_even t = gamma_even R k #|G| * Num.sqrt (sqnorm t) ^+ k.+1 * (n ^+ k * weights).
Proof.
rewrite /best_even /gamma_even subn1 /= -[Num.sqrt 2 ^- l]/(r^-1).
rewrite (_ : (2 * k + 2)%N = (2 * k.+1)%N); last by rewrite [RHS]mulnS addnC.
rewrite natrM sqrtrM ?ler0n // weightsE.
have [a0 b0 c0] : [/\ Num.sqrt n != 0, Num.sqrt 2 != 0 :> R & Num.sqrt k.+1%:R != 0 :> R].
  by split; rewrite gt_eqF // sqrtr_gt0 ?order_gt0 ?ltr0n.
have [ea eb] : n = Num.sqrt n ^+ 2 /\ Num.sqrt 2 ^+ 2 = 2 :> R by rewrite !sqr_sqrtr ?ler0n.
have D0 := lt0r_neq0 spread_gt0.
rewrite [in n ^+ k]ea; exact: gamma_even_identity.
Qed.

Theorem margin_le_gamma_even (theta : network R G k) m : margin_ge theta m -> m <= gamma_even R k #|G| * mass theta.
Proof.
move=> hm; have W0 : 0 < n ^+ k * weights.
  by rewrite weightsE; apply: mulr_gt0 (exprn_gt0 _ (order_gt0 _ _)) (mulr_gt0 r_gt0 spread_gt0).
rewrite -(ler_pmul2r W0); apply: le_trans (average_even hm) _.
rewrite /mass mulr_sumr mulr_suml; apply: ler_sum => t _; rewrite -gamma_even_best.
exact: single_neuron_even.
Qed.

End EvenBound.
