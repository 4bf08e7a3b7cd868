(* The points of our construction are a design: signs in {+-1}^(k-1) times k+1 equally spaced phases, (k+1) 2^(k-1) in*)
(* all.  An exponent with an odd entry after the first is killed by the signs; one without is a multiple of two, 0 or *)
(* -2 in every entry, and is killed by the phases.                                                                    *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import zify ring.
From FourierMargin Require Import Statement RootsOfUnity.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* k positive numbers that add up to at most k are all one. *)
Lemma all_one k (a : 'I_k -> nat) : (forall j, 0 < a j)%N -> (\sum_j a j <= k)%N -> forall j, a j = 1%N.
Proof.
move=> a0 le j; apply/eqP; rewrite eqn_leq a0 andbT leqNgt; apply/negP => aj.
move: le; rewrite leqNgt => /negP[]; rewrite -[X in (X < _)%N](card_ord k) -sum1_card.
rewrite (bigD1 j) // [X in (_ < X)%N](bigD1 j) //= -addSn leq_add //.
by apply: leq_sum => i _; apply: a0.
Qed.

Lemma odd_sum (I : finType) (a : I -> nat) : (forall i, odd (a i)) -> odd (\sum_i a i) = odd #|I|.
Proof.
move=> oa; rewrite -sum1_card (big_morph odd oddD (erefl _)) [RHS](big_morph odd oddD (erefl _)).
by apply: eq_bigr => i _; rewrite oa.
Qed.

(* A walk whose entries after the first are all odd has entries 1 and -1 alone. *)
Lemma walk_odd l (n : 'I_l.+1 -> int) : walk n -> (forall i, odd `|n (lift ord0 i)|) -> forall j, `|n j|%N = 1%N.
Proof.
case/andP => le par o; apply: all_one le => j.
case: (unliftP ord0 j) => [i ->|->]; first by rewrite lt0n; apply: contraTneq (o i) => ->.
rewrite lt0n; apply: contraTneq par => n0.
by rewrite big_ord_recl n0 add0n odd_sum // card_ord /=; case: (odd l).
Qed.

Section Construction.
Variables (C : numClosedFieldType) (l : nat) (tau : C).
Notation k := l.+1.
Hypothesis h_tau : k.+1.-primitive_root (tau ^+ 2).
Notation I := [finType of {ffun 'I_l -> bool} * 'I_k.+1].

Definition sign (s : {ffun 'I_l -> bool}) (j : 'I_k) : C :=
  if unlift ord0 j is Some i then (-1) ^+ s i else 1.
Definition atom (z : I) (j : 'I_k) : C := sign z.1 j * tau ^+ z.2.

Lemma card_atoms : #|I| = (k.+1 * 2 ^ l)%N.
Proof. by rewrite card_prod card_ffun card_bool !card_ord mulnC. Qed.

Lemma signs_cancel (e : 'I_k -> int) i0 : odd `|e (lift ord0 i0)| -> \sum_s \prod_(j < k) sign s j ^ e j = 0.
Proof.
move=> ho; transitivity (\sum_(s : {ffun 'I_l -> bool}) \prod_(i < l) ((-1) ^+ s i) ^ e (lift ord0 i) : C).
  apply: eq_bigr => s _; rewrite big_ord_recl /sign unlift_none exp1rz mul1r.
  by apply: eq_bigr => i _; rewrite liftK.
rewrite -(bigA_distr_bigA (fun i (b : bool) => ((-1) ^+ b) ^ e (lift ord0 i))) /=.
rewrite (bigD1 i0) //= big_bool /= exp1rz; move: ho; set x := e _ => ho.
suff -> : ((-1) ^+ true) ^ x = -1 :> C by rewrite addNr mul0r.
case: x ho => n /=; rewrite expr1; first by move=> ho; rewrite -exprnP -signr_odd ho.
by move=> ho; rewrite NegzE -exprnN -signr_odd /= ho expr1 invrN invr1.
Qed.

Lemma phases_cancel (e : 'I_k -> int) : (forall j, e j = 0 \/ e j = - 2%:Z) -> (exists j, e j != 0) ->
  \sum_(t < k.+1) \prod_(j < k) (tau ^+ t) ^ e j = 0.
Proof.
move=> he [j0 e0]; pose r := (\sum_(j < k) (e j != 0%R))%N.
transitivity (\sum_(t < k.+1) (((tau ^+ 2) ^+ r)^-1) ^+ t).
  apply: eq_bigr => t _; rewrite exprVn (exprAC (tau ^+ 2)) /r -prodrXr -prodfV; apply: eq_bigr => j _.
  by case: (he j) => ->; rewrite ?eqxx ?invr1 // -exprnN /= expr1 (exprAC tau).
have r0 : (0 < r)%N by rewrite /r (bigD1 j0) //= e0.
have rk : (r < k.+1)%N.
  rewrite ltnS /r -[X in (_ <= X)%N](card_ord k) -sum1_card; apply: leq_sum => j _.
  by case: (_ != _).
rewrite sum_powers; last by rewrite exprVn (exprAC (tau ^+ 2)) (prim_expr_order h_tau) expr1n invr1.
by rewrite invr_eq1 -(prim_order_dvd h_tau) gtnNdvd // mul0r.
Qed.

Lemma atoms_design : design (fun _ : I => #|I|%:R^-1) atom.
Proof.
have N0 : #|I|%:R != 0 :> C by rewrite pnatr_eq0 card_atoms muln_eq0 expn_eq0.
have tau1 : `|tau| = 1.
  apply/eqP; rewrite -(@pexpr_eq1 _ _ (2 * k.+1)) // -normrX exprM.
  by rewrite (prim_expr_order h_tau) normr1.
split=> [z|||n wn [j nj]].
- by rewrite invr_ge0 ler0n.
- by rewrite sumr_const -[LHS]mulr_natl mulfV.
- move=> z j; rewrite normrM normrX tau1 expr1n mulr1 /sign.
  by case: unlift => [i|]; rewrite ?normr1 // normrX normrN1 expr1n.
pose e j := n j - 1.
have -> : moment (fun _ : I => #|I|%:R^-1) atom e
   = #|I|%:R^-1 * ((\sum_s \prod_(j < k) sign s j ^ e j) * (\sum_(t < k.+1) \prod_(j < k) (tau ^+ t) ^ e j)).
  rewrite big_distrlr /= pair_bigA mulr_sumr; apply: eq_bigr => z _; congr (_ * _).
  rewrite -big_split; apply: eq_bigr => i _ /=.
  by rewrite expfzMl.
have [/forallP o|] := boolP [forall i : 'I_l, odd `|n (lift ord0 i)|].
  rewrite phases_cancel ?mulr0 // => [i|]; last by exists j; rewrite subr_eq0.
  have := walk_odd wn o i; rewrite /e; case: (n i) => [[|[|m]]|[|m]] //=; by [left | right].
rewrite negb_forall => /existsP[i oi]; rewrite (@signs_cancel _ i) ?mul0r ?mulr0 //.
by move: oi; rewrite /e; lia.
Qed.

End Construction.

Theorem design_of_size (C : numClosedFieldType) l :
  exists (I : finType) (q : I -> C) (xi : I -> 'I_l.+1 -> C), design q xi /\ #|I| = (l.+2 * 2 ^ l)%N.
Proof.
have [sigma hs] := prim_root_exists C (ltn0Sn l.+1).
have h_tau : l.+2.-primitive_root (sqrtC sigma ^+ 2) by rewrite sqrtCK.
by do 3!eexists; split; [exact: atoms_design h_tau | exact: card_atoms].
Qed.
