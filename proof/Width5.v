(* The least width for five inputs: `make -C proof width5`. *)
From mathcomp Require Import all_ssreflect all_algebra complex.
From FourierMargin Require Import Statement Complex LeastWidth Certificate5 Theorems.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Num.Theory.
Local Open Scope ring_scope.

Theorem least_width_5 (R : rcfType) p (theta : network R (Z_ p) 5) : free 5 p ->
  attains theta -> (96 * p./2 <= size theta)%N.
Proof.
move=> [p2 op large] /(attainsE p2)[t0 tm].
by apply: (width_of_networks (@toC_conj R) (@toC_gt0 R) p2 op large tm t0) => I q xi; apply: width5.
Qed.
Print Assumptions least_width_5.
