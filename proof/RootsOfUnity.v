(* Roots of unity in an algebraically closed field: they exist, their powers add up to zero, and averaging a product  *)
(* of k factors over k roots keeps only its two ends.                                                                 *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import cyclic separable cyclotomic.
From mathcomp Require Import ring.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Roots.
Variable C : numClosedFieldType.

Lemma prim_root_exists n : (0 < n)%N -> exists z : C, n.-primitive_root z.
Proof.
pose q : {poly C} := 'X^n - 1; have [r Dq] := closed_field_poly_normal q.
move=> n_gt0; rewrite (monicP _) ?monic_Xn_sub_1 // scale1r in Dq.
have rn1 : all n.-unity_root r by apply/allP=> z; rewrite -root_prod_XsubC -Dq.
have sz_r : (n < (size r).+1)%N by rewrite -(size_prod_XsubC r id) -Dq size_Xn_sub_1.
have [|z _ hz] := hasP (has_prim_root n_gt0 rn1 _ sz_r); last by exists z.
by rewrite -separable_prod_XsubC -Dq separable_Xn_sub_1 // pnatr_eq0 -lt0n.
Qed.

Lemma sum_powers (z : C) n : z ^+ n = 1 -> \sum_(i < n) z ^+ i = (z == 1)%:R * n%:R.
Proof.
move=> zn; have [->|z1] := eqVneq z 1.
  by under eq_bigr do rewrite expr1n; rewrite sumr_const card_ord mul1r.
have /esym/eqP := subrX1 z n.
by rewrite zn subrr mulf_eq0 subr_eq0 (negbTE z1) mul0r => /eqP.
Qed.

Lemma prodD_sets (I : finType) (X Y : I -> C) :
  \prod_i (X i + Y i) = \sum_(J : {set I}) \prod_i (if i \in J then X i else Y i).
Proof.
transitivity (\prod_i \sum_(b : bool) if b then X i else Y i).
  by apply: eq_bigr => i _; rewrite big_bool.
rewrite bigA_distr_bigA (reindex (fun J : {set I} => [ffun i => i \in J])) /=.
  by apply: eq_bigr => J _; apply: eq_bigr => i _; rewrite ffunE.
exists (fun f : {ffun I -> bool} => [set i | f i]) => [J _|f _].
  by apply/setP => i; rewrite inE ffunE.
by apply/ffunP => i; rewrite ffunE inE.
Qed.

Lemma ends n (sigma : C) (D : 'I_n -> C) : (0 < n)%N -> n.-primitive_root sigma ->
  \sum_(t < n) \prod_i (sigma ^+ t * D i + (D i)^-1) = n%:R * (\prod_i D i + \prod_i (D i)^-1).
Proof.
move=> n0 hs.
transitivity (\sum_(t < n) \sum_(J : {set 'I_n}) \prod_i (if i \in J then sigma ^+ t * D i else (D i)^-1)).
  by apply: eq_bigr => t _; apply: prodD_sets.
rewrite exchange_big /=.
have E (J : {set 'I_n}) : \sum_(t < n) \prod_i (if i \in J then sigma ^+ t * D i else (D i)^-1)
    = ((J == set0) || (J == setT))%:R * n%:R * \prod_i (if i \in J then D i else (D i)^-1).
  transitivity ((\sum_(t < n) (sigma ^+ #|J|) ^+ t) * \prod_i (if i \in J then D i else (D i)^-1)).
    rewrite mulr_suml; apply: eq_bigr => t _.
    have -> : (sigma ^+ #|J|) ^+ t = \prod_i (if i \in J then sigma ^+ t else 1).
      by rewrite -big_mkcond prodr_const exprAC.
    by rewrite -big_split; apply: eq_bigr => i _ /=; case: ifP => //; rewrite mul1r.
  rewrite sum_powers; last by rewrite exprAC (prim_expr_order hs) expr1n.
  congr (_%:R * _ * _); congr nat_of_bool.
  rewrite -(prim_order_dvd hs) -cards_eq0 eqEcard subsetT cardsT card_ord /=.
  have := max_card (mem J); rewrite card_ord.
  case: (posnP #|J|) => [->|J0] Jn; first by rewrite dvdn0.
  apply/idP/idP => [/(dvdn_leq J0) //|nJ].
  by rewrite (eqP (_ : #|J| == n)) ?dvdnn // eqn_leq Jn.
rewrite (eq_bigr _ (fun J _ => E J)) (bigD1 set0) // (bigD1 setT) /=; last first.
  by apply/eqP => /setP /(_ (Ordinal n0)); rewrite !inE.
rewrite [X in _ + (_ + X)]big1; last first.
  by move=> J /andP[/negbTE -> /negbTE ->]; rewrite !mul0r.
rewrite addr0.
rewrite !eqxx orbT /= !mul1r mulrDr addrC; congr (_ * _ + _ * _).
  by apply: eq_bigr => i _; rewrite inE.
by apply: eq_bigr => i _; rewrite inE.
Qed.

Lemma sum_half (z : C) n : z ^+ (n + n).+1 = 1 ->
  \sum_(i < n) (z ^+ i.+1 + (z ^+ i.+1)^-1) = (z == 1)%:R * (n + n).+1%:R - 1.
Proof.
move=> zn; rewrite -(sum_powers zn) big_ord_recl expr0 addrC addKr big_split_ord big_split /=.
congr (_ + _); rewrite (reindex_inj rev_ord_inj); apply: eq_bigr => i _ /=.
have e : z ^+ (n - i.+1).+1 * z ^+ (lift ord0 (rshift n i)) = 1.
  by rewrite -exprD -zn; congr (_ ^+ _); rewrite lift0 /= subnSK // addnS addnCA subnK // ltnW.
exact: mulr1_eq e.
Qed.

Lemma sum_half_even (z : C) n : z ^+ (n + n).+2 = 1 ->
  \sum_(i < n) (z ^+ i.+1 + (z ^+ i.+1)^-1) + z ^+ n.+1 = (z == 1)%:R * (n + n).+2%:R - 1.
Proof.
move=> zn; rewrite -(sum_powers zn) big_ord_recl expr0 [RHS]addrC addKr -addnS big_split_ord big_ord_recl /=.
rewrite big_split /= -addrA [X in _ + X]addrC; congr (_ + (z ^+ _ + _)); first by rewrite /bump /= addn0.
rewrite (reindex_inj rev_ord_inj); apply: eq_bigr => i _ /=.
have e : z ^+ (n - i.+1).+1 * z ^+ (lift ord0 (rshift n (lift ord0 i))) = 1.
  by rewrite -exprD -zn; congr (_ ^+ _); rewrite !lift0 /= subnSK // addnS addnCA !addnS subnK // ltnW.
exact: mulr1_eq e.
Qed.

End Roots.
