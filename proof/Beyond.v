(* Beyond the papers: sentences of ours in the words of Statement.v, to be read like it; Theorems.v proves them too.  *)
From mathcomp Require Import all_ssreflect all_algebra complex.
From FourierMargin Require Import Statement.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* Order two, which Statement.v leaves out: one frequency, 2^(k-1) neurons.                                           *)
Definition order_two : Prop := forall (R : rcfType) k, (0 < k)%N ->
  (forall theta : network R (Z_ 2) k, mass theta <= 1 -> forall m, margin_ge theta m -> m <= gamma_even R k 2) /\
  forall width, (2 ^ k.-1 <= width)%N -> exists theta : network R (Z_ 2) k,
    [/\ mass theta = 1, margin_ge theta (gamma_even R k 2) & size theta = width].

(* exp and log.  On the real numbers these three properties leave no choice; nothing else about them is used.         *)
Definition exponential (R : rcfType) (exp log : R -> R) : Prop :=
  [/\ forall x y, exp (x + y) = exp x * exp y, forall x, 1 + x <= exp x & forall x, 0 < x -> exp (log x) = x].

Section Loss.
Variables (R : rcfType) (k p : nat) (exp log : R -> R) (lambda : R).
Notation network := (network R (Z_ p) k).

(* The cross-entropy, averaged over all inputs, and the loss of Li24: cross-entropy + lambda ||theta||^(k+1).         *)
Definition cross_entropy (theta : network) : R :=
  (\sum_(a : {ffun 'I_k -> Z_ p}) log (\sum_c exp (logit theta a c - logit theta a (label a)))) / (p ^ k)%:R.
Definition loss (theta : network) : R := cross_entropy theta + lambda * mass theta.

(* No network of the same width has a smaller one. *)
Definition minimal (theta : network) : Prop :=
  forall theta' : network, size theta' = size theta -> loss theta <= loss theta'.

(* The margins over all inputs and wrong labels, averaged. *)
Definition mean_margin (theta : network) : R :=
  (\sum_(a : {ffun 'I_k -> Z_ p}) \sum_(c | c != label a) (logit theta a (label a) - logit theta a c))
    / ((p ^ k)%:R * (p - 1)%:R).
End Loss.

(* Finite regularisation: no limit lambda -> 0 is needed.  Below gamma* (p-1)/p the minimisers are exactly the        *)
(* networks of maximum margin of one size; from there on, zero alone.                                                 *)
Definition finite_regularisation : Prop := forall (R : rcfType) (exp log : R -> R) k p lambda
    (theta : network R (Z_ p) k), exponential exp log ->
  (0 < k)%N -> (2 < p)%N -> odd p -> 0 < lambda -> (k.+1 * 2 ^ k.-1 * p./2 <= size theta)%N ->
  (lambda < gamma R k p * (p - 1)%:R / p%:R -> minimal exp log lambda theta <-> attains theta /\
     gamma R k p * mass theta = log ((p - 1)%:R * (gamma R k p / lambda - 1))) /\
  (gamma R k p * (p - 1)%:R / p%:R <= lambda -> minimal exp log lambda theta <-> mass theta = 0).

(* What the loss alone says: cross-entropy bounds the mean margin, and with it what the neurons lose of gamma* times  *)
(* the mass; so does the distance of the loss from its minimum.  Any width.                                           *)
Definition loss_bounds_neurons : Prop := forall (R : rcfType) (exp log : R -> R) k p (theta : network R (Z_ p) k),
  exponential exp log -> (0 < k)%N -> (2 < p)%N -> odd p ->
  let level := log ((p - 1)%:R / (exp (cross_entropy exp log theta) - 1)) in
  level <= mean_margin theta <= gamma R k p * mass theta /\
  forall lambda (best : network R (Z_ p) k), 0 < lambda < gamma R k p * (p - 1)%:R / p%:R -> attains best ->
    gamma R k p * mass best = log ((p - 1)%:R * (gamma R k p / lambda - 1)) ->
    lambda * (mass theta - level / gamma R k p) <= loss exp log lambda theta - loss exp log lambda best.
