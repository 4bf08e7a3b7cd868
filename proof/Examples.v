(* The sentences of Statement.v put to use, on cases that can be looked up.  Nothing is proved about networks here:   *)
(* each example says that a sentence, as it stands, covers this case.  A hypothesis too many, and one fails.          *)
From mathcomp Require Import all_ssreflect all_algebra complex.
From FourierMargin Require Import Statement Beyond.
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

(* Every even p = 2q+4.  At p = 10, two inputs: 26 neurons. *)
Example every_even_case : maximum_margin_even -> forall l q (theta : network R (Z_ q.*2.+4) l.+1), mass theta <= 1 ->
  forall m, margin_ge theta m -> m <= gamma_even R l.+1 q.*2.+4.
Proof. by move=> H l q; apply: (H R l.+1 q.*2.+4 isT isT _).1; rewrite /= negbK odd_double. Qed.
Example even_modulus : maximum_margin_even ->
  exists theta : network R (Z_ 10) 2, [/\ mass theta = 1, margin_ge theta (gamma_even R 2 10) & size theta = 26%N].
Proof. by move=> H; apply: (H R 2%N 10%N isT isT isT).2. Qed.

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
Example five_inputs : least_width -> forall theta : network R (Z_ 7) 5, attains theta -> (288 <= size theta)%N.
Proof. by move=> H theta; apply: (H R 5%N 7%N) => //; split=> // -[|[|[|[|[|[|d]]]]]]. Qed.
Example width_15 : least_width -> forall theta : network R (Z_ 15) 2, attains theta -> (42 <= size theta)%N.
Proof. by move=> H theta; apply: (H R 2%N 15%N) => //; split=> // -[|[|[|d]]]. Qed.

Example six_inputs : width_every_k -> forall theta : network R (Z_ 77) 6, attains theta -> (3648 <= size theta)%N.
Proof. by move=> H theta; apply: (H R 6%N 77%N) => //; split=> // -[|[|[|[|[|[|[|d]]]]]]]. Qed.

Example one_hundred_and_thirteen : two_inputs -> gamma R 2 113 = Num.sqrt (2 / 27) / (Num.sqrt 113%:R * 112%:R).
Proof. by move=> H; apply: H. Qed.

Example two_inputs_six_points : design_width -> forall q (xi : I -> 'I_2 -> C), design q xi -> (6 <= #|I|)%N.
Proof. by move=> H q xi; apply: H. Qed.
Example five_inputs_96_points : design_width -> forall q (xi : I -> 'I_5 -> C), design q xi -> (96 <= #|I|)%N.
Proof. by move=> H q xi; apply: H. Qed.
Example seven_inputs : design_exists ->
  exists (J : finType) (q : J -> C) (xi : J -> 'I_7 -> C), design q xi /\ #|J| = 512%N.
Proof. by move=> H; apply: H. Qed.

(* One input, p = 9: eight neurons are wide enough; where the largest lambda ends, only zero is left. *)
Example weak_regularisation : finite_regularisation -> forall exp log lambda (theta : network R (Z_ 9) 1),
  exponential exp log -> 0 < lambda < gamma R 1 9 * 8%:R / 9%:R -> size theta = 8%N ->
  minimal exp log lambda theta -> gamma R 1 9 * mass theta = log (8%:R * (gamma R 1 9 / lambda - 1)).
Proof.
move=> H exp log lambda theta E /andP[l0 l1] s8 m.
by have [/(_ l1)[/(_ m)[]]] := H R exp log 1%N 9%N lambda theta E isT isT isT l0 (eq_leq (esym s8)).
Qed.
Example strong_regularisation : finite_regularisation -> forall exp log (theta : network R (Z_ 9) 1),
  exponential exp log -> size theta = 100%N -> mass theta = 0 -> minimal exp log (gamma R 1 9 * 8%:R / 9%:R) theta.
Proof.
move=> H exp log theta E s m; have l0 : 0 < gamma R 1 9 * 8%:R / 9%:R.
  by rewrite !mulr_gt0 ?invr_gt0 ?exprn_gt0 ?sqrtr_gt0 ?ltr0n ?mulr_gt0 ?exprn_gt0 ?sqrtr_gt0 ?ltr0n.
by apply/(H R exp log 1%N 9%N _ theta E isT isT isT l0 _).2; rewrite ?s // lexx.
Qed.

(* One bit and seven inputs: 64 neurons. *)
Example parity_of_seven : order_two ->
  exists theta : network R (Z_ 2) 7, [/\ mass theta = 1, margin_ge theta (gamma_even R 7 2) & size theta = 64%N].
Proof. by move=> H; apply: (H R 7%N isT).2. Qed.
Example one_neuron : order_two -> forall (n : neuron R (Z_ 2) 1) m, mass [:: n] <= 1 -> margin_ge [:: n] m ->
  m <= gamma_even R 1 2.
Proof. by move=> H n m m1; apply: (H R 1%N isT).1. Qed.

(* No width and no lambda for the first, any lambda below the threshold for the second. *)
Example loss_and_margin : loss_bounds_neurons -> forall exp log (n : neuron R (Z_ 9) 2), exponential exp log ->
  log (8%:R / (exp (cross_entropy exp log [:: n]) - 1)) <= mean_margin [:: n].
Proof. by move=> H exp log n E; have [/andP[]] := H R exp log 2%N 9%N [:: n] E isT isT isT. Qed.
Example loss_and_minimum : loss_bounds_neurons -> forall exp log lambda (theta best : network R (Z_ 9) 2),
  exponential exp log -> 0 < lambda < gamma R 2 9 * 8%:R / 9%:R -> attains best ->
  gamma R 2 9 * mass best = log (8%:R * (gamma R 2 9 / lambda - 1)) ->
  lambda * (mass theta - log (8%:R / (exp (cross_entropy exp log theta) - 1)) / gamma R 2 9)
    <= loss exp log lambda theta - loss exp log lambda best.
Proof. by move=> H exp log lambda theta best E; apply: (H R exp log 2%N 9%N theta E isT isT isT).2. Qed.

End Examples.
