(* Beyond the papers: sentences of ours in the words of Statement.v, to be read like it; Theorems.v proves them too.  *)
From mathcomp Require Import all_ssreflect all_algebra complex.
From FourierMargin Require Import Statement.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope.

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
End Loss.

(* Finite regularisation: no limit lambda -> 0 is needed.  Below gamma* (p-1)/p the minimisers are exactly the        *)
(* networks of maximum margin of one size; from there on, zero alone.                                                 *)
Definition finite_regularisation : Prop := forall (R : rcfType) (exp log : R -> R) k p lambda
    (theta : network R (Z_ p) k), exponential exp log ->
  (0 < k)%N -> (2 < p)%N -> odd p -> 0 < lambda -> (k.+1 * 2 ^ k.-1 * p./2 <= size theta)%N ->
  (lambda < gamma R k p * (p - 1)%:R / p%:R -> minimal exp log lambda theta <-> attains theta /\
     gamma R k p * mass theta = log ((p - 1)%:R * (gamma R k p / lambda - 1))) /\
  (gamma R k p * (p - 1)%:R / p%:R <= lambda -> minimal exp log lambda theta <-> mass theta = 0).
