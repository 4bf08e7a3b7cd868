(* Each sentence of Statement.v, proved. *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From FourierMargin Require Import Statement UpperBound Construction Scaling Designs.
From FourierMargin Require Import Certificate1 Certificate2 Certificate3 Certificate4.
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
have [theta [m0 mt <-]] := attained R k0 p2 op.
exact: normalise m0 mt.
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
move=> C [|[|[|[|[|k]]]]] I q xi // _ D.
- exact: width1 D.
- exact: width2 D.
- exact: width3 D.
- exact: width4 D.
Qed.
