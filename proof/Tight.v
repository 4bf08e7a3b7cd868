(* A network of maximum margin: each of its neurons reaches what its norm allows, and all wrong labels tie.           *)
From mathcomp Require Import all_ssreflect all_algebra.
From FourierMargin Require Import Statement Correlation Multilinear UpperBound.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Tight.
Variables (R : rcfType) (G : finZmodType) (k : nat).
Hypothesis odd_G : forall x : G, x + x = 0 -> x = 0.
Hypotheses (k_gt0 : (0 < k)%N) (G_gt1 : (1 < #|G|)%N).

(* Terms below their bounds, whose sum is not below the sum of the bounds, are at their bounds. *)
Lemma sum_tight (T : Type) (s : seq T) (F B : T -> R) : (forall x, F x <= B x) ->
  \sum_(x <- s) B x <= \sum_(x <- s) F x -> forall x, List.In x s -> F x = B x.
Proof.
move=> le; elim: s => // y s IH; rewrite !big_cons => h x.
have ls : \sum_(x <- s) F x <= \sum_(x <- s) B x by apply: ler_sum => z _; apply: le.
case=> [<-|]; last apply: IH.
  by apply/eqP; rewrite eq_le le /= -(ler_add2r (\sum_(x <- s) B x)); apply: le_trans h _; rewrite ler_add2l.
by rewrite -(ler_add2l (B y)); apply: le_trans h _; rewrite ler_add2r.
Qed.

Lemma tight_neurons (theta : network R G k) : margin_ge theta (gamma R k #|G| * mass theta) ->
  forall t, List.In t theta -> total t = best t.
Proof.
move=> hm; apply: sum_tight => [t|]; first exact: single_neuron.
by rewrite -(mass_best k_gt0 G_gt1); apply: average hm.
Qed.

Lemma tight_margins (theta : network R G k) : margin_ge theta (gamma R k #|G| * mass theta) ->
  forall a c, c != label a -> logit theta a (label a) - logit theta a c = gamma R k #|G| * mass theta.
Proof.
set m := gamma R k #|G| * mass theta; pose F a c := logit theta a (label a) - logit theta a c => hm a0 c0 ac0.
have le0 : \sum_a \sum_(c | c != label a) (F a c - m) <= 0.
  under eq_bigr do rewrite sumrB.
  rewrite sumrB sum_wrong subr_le0 mass_best // -(sum_over_wrong (F := F)) => [|a]; last by rewrite /F subrr.
  by rewrite -total_margin; apply: ler_sum => t _; apply: single_neuron.
have ge0 a c : c != label a -> 0 <= F a c - m by move=> ac; rewrite subr_ge0; apply: hm.
have : \sum_a \sum_(c | c != label a) (F a c - m) == 0.
  by rewrite eq_le le0; apply: sumr_ge0 => a _; apply: sumr_ge0 => c; apply: ge0.
rewrite psumr_eq0 => [/allP/(_ a0 (mem_index_enum _))|a _]; last by apply: sumr_ge0 => c; apply: ge0.
rewrite /= psumr_eq0 => [/allP/(_ c0 (mem_index_enum _))|c]; last exact: ge0.
by rewrite ac0 /= subr_eq0 => /eqP.
Qed.

End Tight.
