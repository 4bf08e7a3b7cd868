(* Each sentence of Statement.v and Beyond.v, proved. *)
From mathcomp Require Import all_ssreflect all_algebra complex.
From mathcomp Require Import ring.
From FourierMargin Require Import Statement Beyond RootsOfUnity UpperBound Construction Scaling Designs.
From FourierMargin Require Import EvenBound EvenConstruction Form Complex Frequencies LeastWidth Clique Regularisation.
From FourierMargin Require Import Certificate1 Certificate2 Certificate3 Certificate4 Certificate5.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Theorem upper_bound_holds : upper_bound.
Proof. by move=> R G k theta m k0 G1 oddG; apply: margin_le_gamma. Qed.

Theorem maximum_margin_holds : maximum_margin.
Proof.
move=> R k p k0 p2 op; split=> [theta m1 m hm|].
  apply: le_trans (margin_le_gamma_Zp k0 p2 op hm) _; rewrite -[X in _ <= X]mulr1.
  by apply: ler_wpmul2l m1; apply: gamma_ge0.
move=> width; have [theta [m0 mt <-]] := attained R k0 p2 op.
have [theta1 [m1 mt1 <-]] := normalise m0 mt => le.
by have [theta2 [m2 mt2 sz]] := pad k0 le mt1; exists theta2; rewrite m2.
Qed.

Lemma maximum_margin_at_even (R : rcfType) k p : (0 < k)%N -> (1 < p)%N -> ~~ odd p ->
  (forall theta : network R (Z_ p) k, mass theta <= 1 -> forall m, margin_ge theta m -> m <= gamma_even R k p) /\
  forall width, (k.+1 * 2 ^ k.-1 * (p./2 - 1) + 2 ^ k.-1 <= width)%N -> exists theta : network R (Z_ p) k,
    [/\ mass theta = 1, margin_ge theta (gamma_even R k p) & size theta = width].
Proof.
case: k => // l _ p1 ep; split=> [theta m1 m hm|].
  have := margin_le_gamma_even (@signD R p p1 ep) (@sign2 R p) (sign_doubling (R := R) p1 ep) _ hm.
  rewrite card_Zp_ // => /(_ p1) /le_trans; apply; rewrite -[X in _ <= X]mulr1.
  by apply: ler_wpmul2l m1; apply: gamma_even_ge0.
move=> width; have [theta [m0 mt <-]] := attained_even R (ltn0Sn l) p1 ep.
have [theta1 [m1 mt1 <-]] := normalise m0 mt => le.
by have [theta2 [m2 mt2 sz]] := pad (ltn0Sn l) le mt1; exists theta2; rewrite m2.
Qed.

Theorem maximum_margin_even_holds : maximum_margin_even.
Proof. by move=> R k p k0 p2; apply: maximum_margin_at_even k0 (ltnW p2). Qed.

Theorem order_two_holds : order_two.
Proof.
move=> R k k0; have := @maximum_margin_at_even R k 2 k0 isT isT.
by rewrite muln0 add0n.
Qed.

Lemma attainsE (R : rcfType) k p (theta : network R (Z_ p) k) : (2 < p)%N ->
  attains theta -> 0 < mass theta /\ margin_ge theta (gamma R k p * mass theta).
Proof. by move=> p2; rewrite /attains card_Zp_ // ltnW. Qed.

Theorem single_frequency_holds : single_frequency.
Proof.
move=> R [|[|l]] p theta n // _ p2 op /(attainsE p2)[t0 tm] tin live.
have [omega h_omega] := prim_root_exists [numClosedFieldType of R[i]%C] (ltnW (ltnW p2)).
have [z [r [xi [zp z1 r0 x1 [fi fo]]]]] := neuron_form (@toC_conj R) (@toC_gt0 R) p2 op h_omega live
  (tight_Zp p2 op tm tin).
by exists z; split=> //; apply: cosine_neuron r0 x1 (root_norm p2 zp) fi fo.
Qed.

Theorem every_frequency_holds : every_frequency.
Proof.
move=> R [|[|l]] p theta z // _ p2 op /(attainsE p2)[t0 tm] zp z1.
have [omega h_omega] := prim_root_exists [numClosedFieldType of R[i]%C] (ltnW (ltnW p2)).
have [n [nin [[r xi] [r0 x1 fi fo _]]]] := heard_somewhere (@toC_conj R) (@toC_gt0 R) p2 op tm t0 h_omega zp z1.
by exists n; split=> //; apply: cosine_neuron r0 x1 (root_norm p2 zp) fi fo.
Qed.

Theorem gamma_square_holds : gamma_square.
Proof.
move=> R k p p0; rewrite /gamma expr_div_n; congr (_ / _); first by rewrite exprMn; congr (_ * _); ring.
by rewrite !exprMn ![(Num.sqrt _ ^+ _) ^+ 2]exprAC !sqr_sqrtr ?ler0n.
Qed.

Theorem two_inputs_holds : two_inputs.
Proof.
move=> R p p1; have p0 : 0 < (p - 1)%:R :> R by rewrite ltr0n subn_gt0.
have q0 : 0 < Num.sqrt p%:R :> R by rewrite sqrtr_gt0 ltr0n ltnW.
apply/eqP; rewrite -(eqr_expn2 (n := 2)) ?gamma_ge0 ?divr_ge0 ?mulr_ge0 ?sqrtr_ge0 ?ltW //.
rewrite gamma_square_holds 1?ltnW // expr_div_n exprMn !sqr_sqrtr ?divr_ge0 ?ler0n //.
rewrite -[(2 - 1)%N]/1%N -[2`!]/2%N -[(2 * 2 + 2)%N]/6%N expr1; apply/eqP; move: (lt0r_neq0 p0).
have : p%:R != 0 :> R by rewrite pnatr_eq0 -lt0n ltnW.
by move: (p - 1)%:R p%:R => a b b0 a0; field; rewrite a0 b0 ?pnatr_eq0.
Qed.

Theorem design_exists_holds : design_exists.
Proof. by move=> C [] // k _; apply: design_of_size. Qed.

Theorem design_width_holds : design_width.
Proof.
move=> C [|[|[|[|[|[|k]]]]]] I q xi // _ D.
- exact: width1 D.
- exact: width2 D.
- exact: width3 D.
- exact: width4 D.
- exact: width5 D.
Qed.

Theorem least_width_holds : least_width.
Proof.
move=> R [|[|l]] p theta // k5 [p2 op large] /(attainsE p2)[t0 tm].
  apply: leq_trans (width_one_input p2 op tm t0).
  by rewrite expn0 muln1 mul2n -[X in (_ <= X - 1)%N]odd_double_half op addKn.
apply: (width_of_networks (@toC_conj R) (@toC_gt0 R) p2 op large tm t0) => I q xi.
exact: design_width_holds.
Qed.

Theorem width_every_k_holds : width_every_k.
Proof.
move=> R [|[|l]] p theta // k4 [p2 op large] /(attainsE p2)[t0 tm].
apply: (width_of_networks (@toC_conj R) (@toC_gt0 R) p2 op large tm t0) => I q xi.
exact: at_least.
Qed.

Theorem finite_regularisation_holds : finite_regularisation.
Proof.
move=> R exp log k p lambda theta E k0 p2 op l0 wide; rewrite /attains card_Zp_ 1?ltnW //.
by split=> h; [apply: below | apply: above].
Qed.

Theorem loss_bounds_neurons_holds : loss_bounds_neurons.
Proof.
move=> R exp log k p theta E k0 p2 op; split=> [|lambda best /andP[l0 l1]].
  by apply/andP; split; [exact: (mean_ge E p2) | exact: (mean_le k0 p2 op)].
by rewrite /attains card_Zp_ 1?ltnW // => -[_ mt] gm; exact: (excess E k0 p2 op l0 theta l1 mt gm).
Qed.
