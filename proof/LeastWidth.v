(* From frequencies to widths.  Every neuron belongs to one frequency, each of the (p-1)/2 frequencies carries a      *)
(* design: the network has at least (p-1)/2 times as many neurons as a design has points.  Exponents do not alias     *)
(* because p has no prime factor up to k.  One input (k = 1) is another story: there the rank of the logits decides.  *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import cyclotomic.
From FourierMargin Require Import Statement Multilinear UpperBound RootsOfUnity Construction Scaling.
From FourierMargin Require Import Waves Tight Form Walks Frequencies.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Lemma prim_root_exprz (F : fieldType) d (z : F) m : d.-primitive_root z -> z ^ m = 1 -> (d%:Z %| m)%Z.
Proof.
move=> hd; rewrite dvdzE /=; case: m => n /= h; rewrite (prim_order_dvd hd); first exact/eqP.
by rewrite -invr_eq1; apply/eqP.
Qed.

Section Free.
Variables (F : fieldType) (l p : nat).
Notation k := l.+1.
Hypotheses (p_odd : odd p) (large : forall d, prime d -> (d %| p)%N -> (k < d)%N).

Lemma free_orders (z : F) (e e' : 'I_k -> int) : z ^+ p = 1 -> z != 1 -> walk e -> walk e' ->
  (forall j, z ^ (e j - e' j) = 1) -> forall j, e j = e' j.
Proof.
move=> zp z1 we we' h; have p0 : (0 < p)%N by case: (p) p_odd.
have [d hd dp] := prim_order_exists p0 zp.
have d1 : (1 < d)%N.
  rewrite ltn_neqAle (prim_order_gt0 hd) andbT; apply: contra z1 => /eqP d1.
  by have := prim_expr_order hd; rewrite -d1 expr1 => ->.
have kd := leq_trans (large (pdiv_prime d1) (dvdn_trans (pdiv_dvd d) dp)) (pdiv_leq (prim_order_gt0 hd)).
by apply: (alias (dvdn_odd dp p_odd) kd we we') => j; apply: prim_root_exprz hd (h j).
Qed.

End Free.

Section LeastWidth.
Variables (R : rcfType) (C : numClosedFieldType) (toC : {rmorphism R -> C}).
Hypotheses (toC_conj : forall x, (toC x)^* = toC x) (toC_gt0 : forall x, 0 < x -> 0 < toC x).
Variables (l p : nat).
Notation k := l.+2.
Hypotheses (p_gt2 : (2 < p)%N) (p_odd : odd p) (large : forall d, prime d -> (d %| p)%N -> (k < d)%N).
Variable theta : network R (Z_ p) k.
Hypotheses (theta_max : margin_ge theta (gamma R k p * mass theta)) (theta_gt0 : 0 < mass theta).
Variable N : nat.
Hypothesis points : forall (I : finType) (q : I -> C) (xi : I -> 'I_k -> C), design q xi -> (N <= #|I|)%N.

Section Root.
Variable omega : C.
Hypothesis h_omega : p.-primitive_root omega.
Let freq (i : 'I_p./2) := omega ^+ i.+1.
Let below (i : 'I_p./2) : (i.+1 + i.+1 < p)%N.
Proof. by rewrite addnn -[X in (_ < X)%N]odd_double_half p_odd add1n ltnS leq_double. Qed.
Let freq_p i : freq i ^+ p = 1. Proof. by rewrite exprAC (prim_expr_order h_omega) expr1n. Qed.
Let freq_neq1 i : freq i != 1.
Proof. by rewrite -(prim_order_dvd h_omega) gtnNdvd // (leq_ltn_trans (leq_addr i.+1 _) (below i)). Qed.
Notation heard i := (heard_set toC theta (freq i)).

Lemma enough_at i : (N <= #|heard i|)%N.
Proof.
have [r [xi co]] := heard_coordinates toC_conj toC_gt0 p_gt2 p_odd theta_max h_omega (freq_p i) (freq_neq1 i).
rewrite -[X in (_ <= X)%N]card_ord; apply: points.
apply: (phases_design p_gt2 p_odd theta_max theta_gt0 (freq_p i) (freq_neq1 i) co) => e e'.
exact: free_orders (freq_p i) (freq_neq1 i).
Qed.

Lemma one_frequency n i j : n \in heard i -> n \in heard j -> i = j.
Proof.
rewrite !inE => hi; have tin := In_tnth n.
have [[r xi] [_ _ _ fo _]] := neuron_at toC_conj toC_gt0 p_gt2 p_odd theta_max h_omega (freq_p i) (freq_neq1 i) tin hi.
have nij : freq i * freq j != 1.
  rewrite -exprD -(prim_order_dvd h_omega) gtnNdvd //.
  by case: (leqP i j) => ij; [apply: leq_ltn_trans (below j) | apply: leq_ltn_trans (below i)];
    rewrite ?leq_add2r ?leq_add2l ltnS // ltnW.
rewrite (hat_wave p_gt2 (freq_p i) (freq_p j) fo) (negbTE nij) mulr0 add0r.
have [e _|] := eqVneq ((freq i)^-1 * freq j) 1; last by rewrite !mulr0 eqxx.
have := congr1 ( *%R (freq i)) e; rewrite mulVKf ?(root_neq0 p_gt2 (freq_p i)) // mulr1 => /eqP.
rewrite (eq_prim_root_expr h_omega) !modn_small ?(leq_ltn_trans (leq_addr _ _) (below _)) //.
by move=> /eqP[] /esym/val_inj.
Qed.

Lemma sum_heard : (\sum_(i < p./2) #|heard i| <= size theta)%N.
Proof.
under eq_bigr do rewrite -sum1_card.
rewrite (exchange_big_dep xpredT) //= -[X in (_ <= X)%N]card_ord -[X in (_ <= X)%N]sum1_card.
apply: leq_sum => n _; rewrite sum1_card; apply/card_le1_eqP => i j hi hj; exact: one_frequency hj hi.
Qed.

End Root.

Theorem width_of_networks : (N * p./2 <= size theta)%N.
Proof.
have [omega h_omega] := prim_root_exists C (ltnW (ltnW p_gt2)).
apply: leq_trans (sum_heard h_omega); rewrite mulnC -[X in (X * _)%N](card_ord p./2) -sum_nat_const.
by apply: leq_sum => i _; apply: enough_at.
Qed.

End LeastWidth.

(* One input: the logits are a constant on each row plus a multiple of the identity. *)
Theorem width_one_input (R : rcfType) p (theta : network R (Z_ p) 1) : (2 < p)%N -> odd p ->
  margin_ge theta (gamma R 1 p * mass theta) -> 0 < mass theta -> (p - 1 <= size theta)%N.
Proof.
move=> p2 op tm t0; have p1 := ltnW p2; have m0 : gamma R 1 p * mass theta != 0.
  by rewrite mulf_neq0 ?lt0r_neq0 ?gamma_gt0.
have G1 : (1 < #|Z_ p|)%N by rewrite card_Zp_.
have := tight_margins (odd_Zp p2 op) (ltn0Sn 0) G1 (theta := theta); rewrite card_Zp_ // => /(_ tm).
move: (_ * _) m0 => m m0 tie; pose one (x : 'Z_p) : {ffun 'I_1 -> Z_ p} := [ffun => x].
have l1 x : label (one x) = x by rewrite /label big_ord1 ffunE.
pose q := (Zp_trunc p).+2; pose t i := tnth (in_tuple theta) i.
pose A := \matrix_(x < q, i < size theta) inp (t i) ord0 x.
pose B := \matrix_(i < size theta, c < q) out (t i) c.
pose h := \matrix_(x < q, _ < 1) (logit theta (one x) x - m).
have E : A *m B = h *m const_mx 1 + m%:M.
  apply/matrixP => x c; rewrite !mxE big_ord1 !mxE mulr1.
  transitivity (logit theta (one x) c).
    rewrite /logit [RHS]big_tnth; apply: eq_bigr => i _.
    by rewrite !mxE big_ord1 ffunE expr1.
  have [<-|xc] := eqVneq x c; first by rewrite mulr1n subrK.
  by rewrite mulr0n addr0 -(tie (one x) c) l1 ?subKr // eq_sym.
have rk : (\rank (m%:M : 'M[R]_q) <= 1 + size theta)%N.
  have -> : (m%:M : 'M[R]_q) = - (h *m const_mx 1) + A *m B by rewrite E addKr.
  apply: leq_trans (mxrank_add _ _) _; rewrite mxrank_opp.
  by apply: leq_add; apply: mulmx_max_rank.
by rewrite leq_subLR; move: rk; rewrite -scalemx1 mxrank_scale_nz // mxrank1 [q]Zp_cast.
Qed.
