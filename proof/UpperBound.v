(* No network of any width has a normalised margin above gamma*.  Average the margins over all inputs and all labels: *)
(* the average is a sum over neurons, and each neuron is bounded by Multilinear.v and one use of the inequality       *)
(* between arithmetic and geometric mean.                                                                             *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From FourierMargin Require Import Statement Correlation Multilinear.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section UpperBound.
Variables (R : rcfType) (G : finZmodType) (k : nat).
Notation n := (#|G|%:R : R).
Implicit Types t : neuron R G k.

(* -------------------------------- The average margin is a sum over neurons ---------------------------------------- *)

Definition centred t c : R := n * out t c - \sum_c out t c.

(* Sum over all inputs of the margins over all labels, for one neuron alone. *)
Definition total t : R := \sum_(a : {ffun 'I_k -> G}) (\sum_j inp t j (a j)) ^+ k * centred t (label a).

Lemma total_margin (theta : network R G k) :
  \sum_(t <- theta) total t = \sum_(a : {ffun 'I_k -> G}) \sum_c (logit theta a (label a) - logit theta a c).
Proof.
rewrite exchange_big; apply: eq_bigr => a _.
have -> : \sum_c (logit theta a (label a) - logit theta a c)
    = n * logit theta a (label a) - \sum_c logit theta a c.
  by rewrite big_split /= sumrN sum_const.
rewrite /logit exchange_big mulr_sumr -sumrN -big_split /=; apply: eq_bigr => t _.
by rewrite /centred mulrBr mulr_sumr mulrCA.
Qed.

(* The number of pairs of an input and a wrong label. *)
Lemma sum_wrong (m : R) : \sum_(a : {ffun 'I_k -> G}) \sum_(c | c != label a) m = m * (n ^+ k * (n - 1)).
Proof.
have E (a : {ffun 'I_k -> G}) : \sum_(c | c != label a) m = m * (n - 1).
  have e : m * n = m + \sum_(c | c != label a) m by rewrite mulrC -sum_const (bigD1 (label a)).
  by apply: (addrI m); rewrite -e; ring.
under eq_bigr do rewrite E.
by rewrite sumr_const card_ffun card_ord -[LHS]mulr_natr natrX mulrAC mulrA.
Qed.

Lemma sum_over_wrong (F : {ffun 'I_k -> G} -> G -> R) : (forall a, F a (label a) = 0) ->
  \sum_a \sum_c F a c = \sum_a \sum_(c | c != label a) F a c.
Proof. by move=> F0; apply: eq_bigr => a _; rewrite (bigD1 (label a)) //= F0 add0r. Qed.

Lemma average (theta : network R G k) m : margin_ge theta m ->
  m * (n ^+ k * (n - 1)) <= \sum_(t <- theta) total t.
Proof.
move=> hm; rewrite total_margin sum_over_wrong => [|a]; last by rewrite subrr.
by rewrite -sum_wrong; apply: ler_sum => a _; apply: ler_sum => c; apply: hm.
Qed.

(* ----------------------------------------- One neuron ------------------------------------------------------------- *)

Definition energy t j : R := \sum_x inp t j x ^+ 2.
Definition out_energy t : R := \sum_x out t x ^+ 2.

Lemma energy_ge0 t j : 0 <= energy t j. Proof. by apply: sumr_ge0 => x _; apply: sqr_ge0. Qed.
Lemma out_energy_ge0 t : 0 <= out_energy t. Proof. by apply: sumr_ge0 => x _; apply: sqr_ge0. Qed.
Lemma sqnormE t : sqnorm t = \sum_j energy t j + out_energy t. Proof. by []. Qed.
Lemma sqnorm_ge0 t : 0 <= sqnorm t.
Proof. by apply: addr_ge0 (out_energy_ge0 t); apply: sumr_ge0 => j _; apply: energy_ge0. Qed.

(* What a neuron of this norm can reach at most. *)
Definition best t : R :=
  k`!%:R * n * (Num.sqrt n / Num.sqrt 2) ^+ (k - 1) * (Num.sqrt (sqnorm t) / Num.sqrt k.+1%:R) ^+ k.+1.

Lemma best_ge0 t : 0 <= best t.
Proof. by rewrite /best !mulr_ge0 ?exprn_ge0 ?mulr_ge0 ?exprn_ge0 ?invr_ge0 ?sqrtr_ge0 ?ler0n. Qed.

Lemma best_square t :
  2 ^+ (k - 1) * best t ^+ 2 = k`!%:R ^+ 2 * (n ^+ (k - 1) * (n ^+ 2 * (sqnorm t / k.+1%:R) ^+ k.+1)).
Proof.
have eq (x y : R) e : 0 <= x -> 0 <= y -> ((Num.sqrt x / Num.sqrt y) ^+ e) ^+ 2 = (x / y) ^+ e.
  by move=> x0 y0; rewrite exprAC; congr (_ ^+ e); rewrite exprMn exprVn !sqr_sqrtr.
have -> : best t ^+ 2 = k`!%:R ^+ 2 * n ^+ 2 * (n / 2) ^+ (k - 1) * (sqnorm t / k.+1%:R) ^+ k.+1.
  rewrite -(eq n 2) ?ler0n // -(eq (sqnorm t) k.+1%:R) ?ler0n ?sqnorm_ge0 // /best.
  by move: ((_ / _) ^+ (k - 1)) ((_ / _) ^+ k.+1) => A B; rewrite !exprMn.
rewrite [(n / 2) ^+ _]exprMn exprVn.
have h2 : 2 ^+ (k - 1) != 0 :> R by rewrite expf_neq0 // pnatr_eq0.
move: h2; move: (2 ^+ (k - 1)) (n ^+ (k - 1)) ((sqnorm t / k.+1%:R) ^+ k.+1) => A B D h2.
by field.
Qed.

Lemma sum_centred t : \sum_c centred t c = 0.
Proof. by rewrite /centred sumrB -mulr_sumr sum_const subrr. Qed.

Lemma norm_centred t : \sum_c centred t c ^+ 2 = n ^+ 2 * out_energy t - n * (\sum_c out t c) ^+ 2.
Proof.
rewrite /centred; set s := \sum_c out t c.
transitivity (\sum_c (n ^+ 2 * out t c ^+ 2 - 2 * n * s * out t c + s ^+ 2)).
  by apply: eq_bigr => c _; ring.
rewrite !big_split /= sumrN sum_const -!mulr_sumr -/s /out_energy.
have id (N Q : R) : N ^+ 2 * Q - 2 * N * s * s + N * s ^+ 2 = N ^+ 2 * Q - N * s ^+ 2 by ring.
exact: id.
Qed.

Lemma norm_centred_le t : \sum_c centred t c ^+ 2 <= n ^+ 2 * out_energy t.
Proof. by rewrite norm_centred ler_subl_addr ler_addl mulr_ge0 ?ler0n ?sqr_ge0. Qed.

Lemma mean_inequality t :
  (\prod_j energy t j) * out_energy t <= (sqnorm t / k.+1%:R) ^+ k.+1
    ?= iff [forall j, energy t j == out_energy t].
Proof.
pose E (i : 'I_k.+1) := if unlift ord0 i is Some j then energy t j else out_energy t.
have hE : {in 'I_k.+1, forall i, 0 <= E i}.
  by move=> i _; rewrite /E; case: unlift => [j|]; [apply: energy_ge0 | apply: out_energy_ge0].
have E0 : E ord0 = out_energy t by rewrite /E unlift_none.
have ES j : E (lift ord0 j) = energy t j by rewrite /E liftK.
have := leif_AGM hE; rewrite card_ord !big_ord_recl E0.
under [\prod_(i < k) _]eq_bigr do rewrite ES.
under [\sum_(i < k) _]eq_bigr do rewrite ES.
rewrite mulrC [X in X / _]addrC -sqnormE.
suff -> : [forall i in 'I_k.+1, forall j in 'I_k.+1, E i == E j] = [forall j, energy t j == out_energy t] by [].
apply/idP/idP => [/forall_inP h|/forallP h].
  by apply/forallP => j; rewrite -ES -E0; apply: (forall_inP (h _ _)).
have e i : E i = out_energy t by rewrite /E; case: unliftP => // j _; apply/eqP/h.
by apply/forall_inP => i _; apply/forall_inP => j _; rewrite !e.
Qed.

(* The multilinear part of the neuron against its centred output. *)
Definition product t : R := \sum_(a : {ffun 'I_k -> G}) (\prod_j inp t j (a j)) * centred t (label a).

Lemma total_product t : total t = k`!%:R * product t.
Proof. exact: power_multilinear (sum_centred t). Qed.

Hypothesis odd_G : forall x : G, x + x = 0 -> x = 0.
Hypothesis k_gt0 : (0 < k)%N.

Lemma product_bound t :
  2 ^+ (k - 1) * product t ^+ 2 <= n ^+ (k - 1) * ((\prod_j energy t j) * (\sum_c centred t c ^+ 2)).
Proof. exact: (multilinear_bound_gt0 odd_G (inp t) k_gt0 (sum_centred t)). Qed.

Lemma single_neuron t : total t <= best t.
Proof.
apply: le_trans (ler_norm _) _.
rewrite -(ler_pexpn2r (n := 2)) ?nnegrE ?normr_ge0 ?best_ge0 // real_normK ?num_real //.
have h2 : 0 < 2 ^+ (k - 1) :> R by rewrite exprn_gt0 ?ltr0n.
rewrite -(ler_pmul2l h2) best_square total_product exprMn mulrCA.
apply: ler_wpmul2l; first exact: sqr_ge0.
apply: le_trans (product_bound t) _.
apply: ler_wpmul2l; first by rewrite exprn_ge0 ?ler0n.
apply: le_trans (_ : n ^+ 2 * ((\prod_j energy t j) * out_energy t) <= _).
  by rewrite mulrCA; apply: ler_wpmul2l (norm_centred_le t); apply: prodr_ge0 => j _; apply: energy_ge0.
by apply: ler_wpmul2l (leif_le (mean_inequality t)); rewrite sqr_ge0.
Qed.

(* ----------------------------------------- The network ------------------------------------------------------------ *)

Lemma gamma_identity (a b c s K : R) l : a != 0 -> b != 0 -> c != 0 -> a ^+ 2 - 1 != 0 -> b ^+ 2 = 2 ->
  K * a ^+ 2 * (a / b) ^+ l * (s / c) ^+ l.+2
    = 2 * K / ((b * c) ^+ l.+2 * (a ^+ 2 - 1) * a ^+ l) * s ^+ l.+2 * ((a ^+ 2) ^+ l.+1 * (a ^+ 2 - 1)).
Proof.
move=> a0 b0 c0 d0 <-; rewrite [(a / b) ^+ _]exprMn [(s / c) ^+ _]exprMn [(b * c) ^+ _]exprMn !exprVn.
have E (x : R) : x ^+ l.+2 = x ^+ 2 * x ^+ l by rewrite -exprD.
rewrite [(a ^+ 2) ^+ _]exprAC !E (exprSr a l).
have [A0 B0 C0] : [/\ a ^+ l != 0, b ^+ l != 0 & c ^+ l != 0] by rewrite !expf_neq0.
move: A0 B0 C0; set A := a ^+ l; set B := b ^+ l; set C := c ^+ l; set S := s ^+ l.
by move=> A0 B0 C0; field; rewrite ?A0 ?B0 ?C0 ?a0 ?b0 ?c0 ?d0.
Qed.

Hypothesis G_gt1 : (1 < #|G|)%N.

Lemma gamma_best t : best t = gamma R k #|G| * Num.sqrt (sqnorm t) ^+ k.+1 * (n ^+ k * (n - 1)).
Proof.
rewrite /best /gamma natrB 1?ltnW // (_ : (2 * k + 2)%N = (2 * k.+1)%N); last by rewrite mulnS addnC.
rewrite natrM sqrtrM ?ler0n //.
have [a_gt0 b_gt0 c_gt0] : [/\ 0 < Num.sqrt n, 0 < Num.sqrt 2 :> R & 0 < Num.sqrt k.+1%:R :> R].
  by split; rewrite sqrtr_gt0 // ?ltr0n // ltnW.
have [ea eb] : n = Num.sqrt n ^+ 2 /\ Num.sqrt 2 ^+ 2 = 2 :> R by rewrite !sqr_sqrtr ?ler0n.
have n0 : n - 1 != 0 by rewrite gt_eqF // subr_gt0 ltr1n.
move: a_gt0 b_gt0 c_gt0 eb n0; set S := Num.sqrt (sqnorm t).
set a := Num.sqrt n in ea *; set b := Num.sqrt 2; set c := Num.sqrt k.+1%:R => a_gt0 b_gt0 c_gt0 eb.
have [a0 b0 c0] : [/\ a != 0, b != 0 & c != 0] by rewrite !gt_eqF.
rewrite ea => n0; have k1 : k = (k - 1).+1 by rewrite subn1 prednK.
by rewrite [X in (a ^+ 2) ^+ X]k1 [in k.+1]k1; apply: gamma_identity.
Qed.

Lemma wrong_gt0 : 0 < n ^+ k * (n - 1).
Proof. by rewrite mulr_gt0 ?exprn_gt0 ?subr_gt0 ?ltr1n ?ltr0n // ltnW. Qed.

Lemma mass_best (theta : network R G k) :
  gamma R k #|G| * mass theta * (n ^+ k * (n - 1)) = \sum_(t <- theta) best t.
Proof. by rewrite /mass mulr_sumr mulr_suml; apply: eq_bigr => t _; rewrite gamma_best. Qed.

Theorem margin_le_gamma (theta : network R G k) m : margin_ge theta m -> m <= gamma R k #|G| * mass theta.
Proof.
move=> hm; rewrite -(ler_pmul2r wrong_gt0); apply: le_trans (average hm) _.
by rewrite mass_best; apply: ler_sum => t _; apply: single_neuron.
Qed.

End UpperBound.

(* The papers' setting: Z_p with p odd. *)
Lemma odd_Zp p : (2 < p)%N -> odd p -> forall x : 'Z_p, x + x = 0 -> x = 0.
Proof.
move=> p2 op x; have p1 : (1 < p)%N by apply: ltnW.
rewrite -mulr2n -mulr_natr => e.
have u2 : (2%:R : 'Z_p) \is a GRing.unit by rewrite unitZpE // coprimen2.
by apply: (mulIr u2); rewrite mul0r.
Qed.

Lemma card_Zp_ p : (1 < p)%N -> #|Z_ p| = p.
Proof. by move=> p1; rewrite card_ord Zp_cast. Qed.

Theorem margin_le_gamma_Zp (R : rcfType) k p (theta : network R (Z_ p) k) m :
  (0 < k)%N -> (2 < p)%N -> odd p -> margin_ge theta m -> m <= gamma R k p * mass theta.
Proof.
move=> k0 p2 op hm; have p1 : (1 < p)%N by apply: ltnW.
by rewrite -{1}(card_Zp_ p1); apply: (margin_le_gamma (odd_Zp p2 op)) => //; rewrite card_Zp_.
Qed.
