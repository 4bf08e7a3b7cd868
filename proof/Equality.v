(* When a neuron reaches what its norm allows, every inequality of UpperBound.v is an equality: all its vectors have  *)
(* the same size (neuron_equalities), and where the contraction of Multilinear.v is tight, every factor is a wave of  *)
(* one and the same frequency (contract_equality).                                                                    *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import cyclic cyclotomic.
From mathcomp Require Import ring.
From FourierMargin Require Import Statement Correlation Multilinear UpperBound RootsOfUnity Construction Waves.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Lemma nonzero_point (R : rcfType) (I : finType) (f : I -> R) : \sum_x f x ^+ 2 != 0 -> exists x, f x != 0.
Proof.
move=> h; apply/existsP; apply: contraR h; rewrite negb_exists => /forallP h.
by apply/eqP; rewrite big1 // => x _; have := h x; rewrite negbK => /eqP ->; rewrite expr0n.
Qed.

Lemma cauchy_equality (R : rcfType) (I : finType) (f g : I -> R) :
  (\sum_x f x * g x) ^+ 2 = (\sum_x f x ^+ 2) * (\sum_x g x ^+ 2) -> \sum_x g x ^+ 2 != 0 ->
  forall x, f x = (\sum_x f x * g x) / (\sum_x g x ^+ 2) * g x.
Proof.
set P := \sum_x f x * g x; set Q := \sum_x g x ^+ 2 => e q0 x; set s := P / Q.
have : \sum_x (f x - s * g x) ^+ 2 = 0.
  transitivity (\sum_x (f x ^+ 2 - 2 * s * (f x * g x) + s ^+ 2 * g x ^+ 2)).
    by apply: eq_bigr => y _; ring.
  rewrite !big_split /= sumrN -!mulr_sumr -/P -/Q.
  have -> : \sum_x f x ^+ 2 = P ^+ 2 / Q by rewrite e mulfK.
  by rewrite /s; move: q0; move: (P) (Q) => P' Q' q0; field.
move/eqP; rewrite psumr_eq0 => [/allP h|y _]; last exact: sqr_ge0.
by have := h x (mem_index_enum x); rewrite sqrf_eq0 subr_eq0 => /eqP.
Qed.

(* Two inequalities whose product is an equality are equalities. *)
Lemma tight (R : rcfType) (c n N P A S Q W : R) : 0 < n -> 0 < A -> 0 < P ->
  c * S <= n * (A * Q) -> P * Q <= N * W -> c * P * S = n * N * (A * W) -> c * S = n * (A * Q) /\ P * Q = N * W.
Proof.
move=> n0 A0 P0 h1 h2 e; have nA : 0 < n * A by rewrite mulr_gt0.
have e2 : P * Q = N * W.
  apply/eqP; rewrite eq_le h2 /= -(ler_pmul2l nA).
  have -> : n * A * (N * W) = P * (c * S) by transitivity (c * P * S); [rewrite e; ring | ring].
  have -> : n * A * (P * Q) = P * (n * (A * Q)) by ring.
  by rewrite ler_pmul2l.
split=> //; apply: (mulfI (lt0r_neq0 P0)).
have -> : P * (c * S) = n * A * (N * W) by transitivity (c * P * S); [ring | rewrite e; ring].
by rewrite -e2; ring.
Qed.

Section Equality.
Variables (R : rcfType) (C : numClosedFieldType) (toC : {rmorphism R -> C}).
Hypothesis toC_conj : forall x, (toC x)^* = toC x.
Variable p : nat.
Hypotheses (p_gt2 : (2 < p)%N) (p_odd : odd p).
Variable omega : C.
Hypothesis h_omega : p.-primitive_root omega.
Notation hat := (hat toC).
Notation wave := (wave toC).
Notation n := (#|Z_ p|%:R : R).
Implicit Types (u v f : Z_ p -> R) (y z : C).

Let p_gt1 : (1 < p)%N. Proof. exact: ltnW. Qed.
Let odd_G := odd_Zp p_gt2 p_odd.
Let n_gt0 : 0 < n. Proof. exact: order_gt0. Qed.

Lemma wave_pair u v x0 x1 :
  (forall a b, n * (u a * v b) = corr u v (b - a) + conv u v (a + b)) -> u x0 != 0 -> v x1 != 0 ->
  exists z, [/\ z ^+ p = 1, hat v z != 0, wave z u & wave z v].
Proof.
move=> e u0 v0; have [y yp hy] := hat_nonzero toC p_gt2 h_omega u0.
have [z zp hz] := hat_nonzero toC p_gt2 h_omega v0.
have key a b : a ^+ p = 1 -> b ^+ p = 1 -> hat u a != 0 -> hat v b != 0 -> a = b \/ a = b^-1.
  move=> ap bp ha hb; have [->|ab] := eqVneq a b; first by left.
  have b0 := root_neq0 p_gt2 bp.
  have [ab1|nab] := eqVneq (a * b) 1; first by right; apply: (mulIf b0); rewrite ab1 mulVf.
  by have /eqP := dalembert toC p_gt2 e ap bp nab ab; rewrite mulf_eq0 (negbTE ha) (negbTE hb).
exists z; split=> // [a ap ha|a ap ha]; first exact: key ha hz.
case: (key _ _ yp ap hy ha) (key _ _ yp zp hy hz) => -> [] e'; [by left | by right | |].
  by right; rewrite -e' invrK.
by left; apply: invr_inj.
Qed.

(* Peel off one correlation: its input is a wave, and equality holds for the rest. *)
Lemma peel k (u : 'I_k.+1 -> Z_ p -> R) v (g := contract (fun j => u (lift ord0 j)) v) : \sum_x v x = 0 ->
  2 ^+ k.+1 * (\sum_c contract u v c ^+ 2) = n ^+ k.+1 * ((\prod_j \sum_x u j x ^+ 2) * (\sum_x v x ^+ 2)) ->
  (forall j, 0 < \sum_x u j x ^+ 2) -> 0 < \sum_x v x ^+ 2 ->
  (exists z, [/\ z ^+ p = 1, hat g z != 0, wave z (u ord0) & wave z g]) /\
  2 ^+ k * (\sum_c g c ^+ 2) = n ^+ k * ((\prod_j \sum_x u (lift ord0 j) x ^+ 2) * (\sum_x v x ^+ 2)).
Proof.
move=> v0 e uj v1; have g0 : \sum_x g x = 0 by apply: sum_contract.
have h1 := corr_bound odd_G (u ord0) g0.
have h2 := contract_norm odd_G (fun j => u (lift ord0 j)) v0.
have B0 : 0 < \prod_j \sum_x u (lift ord0 j) x ^+ 2 by apply: prodr_gt0 => j _; apply: uj.
have eS : \sum_c contract u v c ^+ 2 = \sum_c corr (u ord0) g c ^+ 2 by apply: eq_bigr => c _; rewrite contractS.
move: e; rewrite eS [\prod_(j < k.+1) _]big_ord_recl !exprS -[X in _ = _ * X]mulrA => e.
have P0 : 0 < 2 ^+ k :> R by rewrite exprn_gt0 ?ltr0n.
have [e1 e2] := tight n_gt0 (uj ord0) P0 h1 h2 e.
split=> //; have Q0 : 0 < \sum_c g c ^+ 2.
  by rewrite -(pmulr_rgt0 _ P0) e2 !mulr_gt0 ?exprn_gt0.
have [x0 hx] := nonzero_point (lt0r_neq0 (uj ord0)).
have [x1 hg] := nonzero_point (lt0r_neq0 Q0).
exact: wave_pair (corr_equality odd_G g0 e1) hx hg.
Qed.

Lemma wave_same z z' f : z' = z \/ z' = z^-1 -> wave z' f -> wave z f.
Proof. by case=> -> // w y yp /(w _ yp)[->|->]; rewrite ?invrK; [right | left]. Qed.

Lemma contract_equality k (u : 'I_k.+1 -> Z_ p -> R) v : \sum_x v x = 0 ->
  2 ^+ k.+1 * (\sum_c contract u v c ^+ 2) = n ^+ k.+1 * ((\prod_j \sum_x u j x ^+ 2) * (\sum_x v x ^+ 2)) ->
  (forall j, 0 < \sum_x u j x ^+ 2) -> 0 < \sum_x v x ^+ 2 ->
  exists z, [/\ z ^+ p = 1, wave z v & forall j, wave z (u j)].
Proof.
elim: k u => [|k IH] u v0 e uj v1; have [[z [zp hz wu wg]] e'] := peel v0 e uj v1.
  exists z; split=> // [y yp hy|j]; last by rewrite (ord1 j).
  by apply: wg => //; rewrite hat_contract // big_ord0 mul1r.
have [y [yp wv wt]] := IH _ v0 e' (fun j => uj _) v1.
exists y; split=> // j; case: (unliftP ord0 j) => [i ->|->] //.
apply: wave_same wu; apply: wv => //.
by move: hz; rewrite hat_contract // mulf_eq0 negb_or => /andP[].
Qed.

Section Neuron.
Variables (l : nat) (t : neuron R (Z_ p) l.+2).
Notation k := l.+2.
Hypotheses (live : sqnorm t != 0) (best_t : total t = best t).

Lemma neuron_equalities :
  [/\ forall j, energy t j = out_energy t, 0 < out_energy t, \sum_c out t c = 0, 0 < product t
    & 2 ^+ l.+1 * product t ^+ 2 = n ^+ l.+1 * ((\prod_j energy t j) * (\sum_c centred t c ^+ 2))].
Proof.
have s0 : 0 < sqnorm t by rewrite lt_def live sqnorm_ge0.
have K0 : 0 < k`!%:R :> R by rewrite ltr0n fact_gt0.
have M0 : 0 < (sqnorm t / k.+1%:R) ^+ k.+1 by rewrite exprn_gt0 // divr_gt0 // ltr0n.
have P2 : 0 < 2 ^+ l.+1 :> R by rewrite exprn_gt0 ?ltr0n.
have N0 : 0 < n ^+ l.+1 by rewrite exprn_gt0.
have N2 : 0 < n ^+ 2 by rewrite exprn_gt0.
have eT : 2 ^+ l.+1 * product t ^+ 2 = n ^+ l.+1 * (n ^+ 2 * (sqnorm t / k.+1%:R) ^+ k.+1).
  apply: (mulfI (lt0r_neq0 (exprn_gt0 2 K0))).
  by have := best_square t; rewrite -best_t total_product subn1 /= exprMn mulrCA.
have T0 : 0 < product t.
  rewrite lt_def -(pmulr_rge0 _ K0) -total_product best_t best_ge0 andbT; apply/eqP => z0.
  by have := mulr_gt0 N0 (mulr_gt0 N2 M0); rewrite -eT z0 expr0n /= mulr0 ltxx.
have := product_bound odd_G (ltn0Sn l.+1) t; rewrite subn1 /= => c1.
have c2 := norm_centred_le t; have c3 := mean_inequality t.
have P0 : 0 <= \prod_j energy t j by apply: prodr_ge0 => j _; apply: energy_ge0.
move: c1 c2 c3 P0 eT M0; set P := \prod_j _; set M := _ ^+ k.+1; set Y := \sum_c _ ^+ 2; set o := out_energy t.
move=> c1 c2 c3 P0 eT M0.
have PY : n ^+ 2 * M <= P * Y by rewrite -(ler_pmul2l N0) -eT.
have Po : P * o = M.
  apply/eqP; rewrite eq_le (leif_le c3) /= -(ler_pmul2l N2); apply: le_trans PY _.
  by rewrite mulrCA; apply: ler_wpmul2l c2.
have o0 : 0 < o.
  by rewrite lt_def out_energy_ge0 andbT; apply: contraTneq M0 => z0; rewrite -Po z0 mulr0 ltxx.
have P1 : 0 < P by rewrite -(pmulr_lgt0 _ o0) Po.
have Yo : Y = n ^+ 2 * o.
  by apply/eqP; rewrite eq_le c2 /= -(ler_pmul2l P1) mulrCA Po.
split=> //.
- by move=> j; have := c3.2; rewrite Po eqxx => /esym/forallP/(_ j)/eqP.
- have /eqP := norm_centred t; rewrite -/Y Yo -/o -subr_eq0 opprB addrCA subrr addr0.
  by rewrite mulf_eq0 (gt_eqF n_gt0) sqrf_eq0 => /eqP.
- by rewrite eT -Po Yo; congr (_ * _); rewrite mulrCA.
Qed.

End Neuron.
End Equality.
