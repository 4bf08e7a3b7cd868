(* The sentences of Statement.v put to use, on cases that can be looked up.  Nothing is proved about networks here:   *)
(* each example says that a sentence, as it stands, covers this case.  A hypothesis too many, and one fails.          *)
From mathcomp Require Import all_ssreflect all_algebra complex.
From FourierMargin Require Import Statement.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Examples.
Variables (R : rcfType) (C : numClosedFieldType) (I : finType).

(* Every k = l+1, every odd p = 2q+3, every width, every norm: nothing else is assumed. *)
Example every_case : maximum_margin -> forall l q (theta : network R (Z_ q.*2.+3) l.+1), mass theta <= 1 ->
  forall m, margin_ge theta m -> m <= gamma R l.+1 q.*2.+3.
Proof. by move=> H l q; apply: (H R l.+1 q.*2.+3 isT isT _).1; rewrite /= odd_double. Qed.

Example every_group : upper_bound -> forall l (G : finZmodType) (theta : network R G l.+1) m,
  (1 < #|G|)%N -> (forall x : G, x + x = 0 -> x = 0) -> margin_ge theta m -> m <= gamma R l.+1 #|G| * mass theta.
Proof. by move=> H l G theta m; apply: H. Qed.

(* The main experiment of Li24: p = 59, three inputs; 8 (p-1) = 464 neurons.  A composite modulus: 9. *)
Example Li24_experiment : maximum_margin ->
  exists theta : network R (Z_ 59) 3, [/\ mass theta = 1, margin_ge theta (gamma R 3 59) & size theta = 464%N].
Proof. by move=> H; apply: (H R 3%N 59%N isT isT isT).2. Qed.
Example composite : maximum_margin ->
  exists theta : network R (Z_ 9) 2, [/\ mass theta = 1, margin_ge theta (gamma R 2 9) & size theta = 24%N].
Proof. by move=> H; apply: (H R 2%N 9%N isT isT isT).2. Qed.

Example wider : maximum_margin ->
  exists theta : network R (Z_ 59) 3, [/\ mass theta = 1, margin_ge theta (gamma R 3 59) & size theta = 928%N].
Proof. by move=> H; apply: (H R 3%N 59%N isT isT isT).2. Qed.

(* What it is to attain gamma*, spelled out once. *)
Example attaining l q (theta : network R (Z_ q.+2) l) :
  attains theta <-> 0 < mass theta /\ margin_ge theta (gamma R l q.+2 * mass theta).
Proof. by rewrite /attains card_ord. Qed.

(* Every k >= 2, every odd p: which neuron, of which network, does not matter. *)
Example every_neuron : single_frequency -> forall l q (theta : network R (Z_ q.*2.+3) l.+2) n,
  attains theta -> List.In n theta -> sqnorm n != 0 -> exists z, [/\ z ^+ q.*2.+3 = 1, z != 1 & of_frequency z n].
Proof. by move=> H l q theta n; apply: (H R l.+2 q.*2.+3) => //; rewrite /= odd_double. Qed.
Example third_root : every_frequency -> forall (theta : network R (Z_ 9) 4) z, attains theta ->
  z ^+ 3 = 1 -> z != 1 -> exists n, List.In n theta /\ of_frequency z n.
Proof. by move=> H theta z h z3; apply: (H R 4%N 9%N) => //; rewrite (exprM z 3 3) z3 expr1n. Qed.
Example Li24_width : least_width -> forall theta : network R (Z_ 59) 3, attains theta -> (464 <= size theta)%N.
Proof. by move=> H theta; apply: (H R 3%N 59%N) => //; split=> // -[|[|[|[|d]]]]. Qed.
Example width_15 : least_width -> forall theta : network R (Z_ 15) 2, attains theta -> (42 <= size theta)%N.
Proof. by move=> H theta; apply: (H R 2%N 15%N) => //; split=> // -[|[|[|d]]]. Qed.

Example six_inputs : width_every_k -> forall theta : network R (Z_ 77) 6, attains theta -> (3648 <= size theta)%N.
Proof. by move=> H theta; apply: (H R 6%N 77%N) => //; split=> // -[|[|[|[|[|[|[|d]]]]]]]. Qed.

Example one_hundred_and_thirteen : two_inputs -> gamma R 2 113 = Num.sqrt (2 / 27) / (Num.sqrt 113%:R * 112%:R).
Proof. by move=> H; apply: H. Qed.

Example two_inputs_six_points : design_width -> forall q (xi : I -> 'I_2 -> C), design q xi -> (6 <= #|I|)%N.
Proof. by move=> H q xi; apply: H. Qed.
Example four_inputs_forty_points : design_width -> forall q (xi : I -> 'I_4 -> C), design q xi -> (40 <= #|I|)%N.
Proof. by move=> H q xi; apply: H. Qed.
Example seven_inputs : design_exists ->
  exists (J : finType) (q : J -> C) (xi : J -> 'I_7 -> C), design q xi /\ #|J| = 512%N.
Proof. by move=> H; apply: H. Qed.

End Examples.
