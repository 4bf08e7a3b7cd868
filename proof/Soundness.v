(* Why the checker is right: certificates are averaged over all permutations of the k inputs, so coefficients may     *)
(* be collected up to permutation and sign; unwanted moments vanish, all others have absolute value at most one.      *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra all_fingroup.
From mathcomp Require Import ssrZ zify ring.
From FourierMargin Require Import Statement Checker Moments.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Soundness.
Variables (C : numClosedFieldType) (k : nat) (I : finType) (q : I -> C) (t : I -> 'I_k -> C).
Hypothesis D : design q t.
Notation zc := (ZtoC C).

Let q_ge0 : forall i, 0 <= q i. Proof. by case: D. Qed.
Let q_sum : \sum_i q i = 1. Proof. by case: D. Qed.
Let t_unit : forall i j, `|t i j| = 1. Proof. by case: D. Qed.

(* The exponents of the checker are those of the definition. *)
Let D0 : forall m, size m = k -> has (fun x => x != 0) m -> walkZ k m -> momentZ q t m = 0.
Proof.
move=> m sm nz wm; case: D => _ _ _ /(_ (fun j => int_of_Z (nth 0 m j) + 1)) h.
have E (j : 'I_k) : int_of_Z (nth 0 m j) + 1 - 1 = int_of_Z (nth 0 m j) by rewrite addrK.
rewrite -{}h => [|  |].
- by apply: eq_bigr => i _; congr (_ * _); apply: eq_bigr => j _; rewrite E.
- rewrite /walk.
  suff -> : (\sum_(j < k) absz (int_of_Z (nth 0%R m j) + 1)%R)%N = sumn [seq `|int_of_Z (x + 1)|%N | x <- m].
    exact: wm.
  rewrite sumnE big_map (big_nth 0) sm big_mkord; apply: eq_bigr => j _.
  by congr absz; rewrite rmorphD.
have /(has_nthP 0) [j jk nj] := nz; rewrite sm in jk.
exists (Ordinal jk); rewrite -subr_eq0 addrK; apply: contra nj => /eqP e; apply/eqP.
by move: e => /=; lia.
Qed.

Definition permute (s : 'S_k) (m : exponent) : exponent := [seq nth 0 m (nat_of_ord (s j)) | j <- enum 'I_k].

Lemma nth_permute s m (j : 'I_k) : nth 0 (permute s m) j = nth 0 m (s j).
Proof. by rewrite (nth_map j) ?size_enum_ord // nth_ord_enum. Qed.

Lemma size_permute s m : size (permute s m) = k.
Proof. by rewrite size_map size_enum_ord. Qed.

Lemma permuteM s p m : permute s (permute p m) = permute (s * p)%g m.
Proof. by apply: eq_map => j; rewrite nth_permute permM. Qed.

Lemma perm_permute s m : size m = k -> perm_eq (permute s m) m.
Proof.
move=> sm; have -> : permute s m = [seq nth 0 m (nat_of_ord j) | j <- map s (enum 'I_k)].
  by rewrite -map_comp.
have {2}-> : m = [seq nth 0 m (nat_of_ord j) | j <- enum 'I_k].
  apply: (@eq_from_nth _ 0) => [|i]; first by rewrite size_map size_enum_ord.
  by rewrite sm => ik; rewrite (nth_map (Ordinal ik)) ?size_enum_ord // nth_enum_ord.
apply: perm_map; apply: uniq_perm; rewrite ?enum_uniq ?(map_inj_uniq (@perm_inj _ s)) ?enum_uniq // => j.
by rewrite mem_enum; apply/mapP; exists ((s^-1)%g j); rewrite ?mem_enum ?permKV.
Qed.

Lemma char_permute (s : 'S_k) m i : char (fun j => t i (s j)) m = char (t i) (permute s^-1 m).
Proof.
rewrite /char [RHS](reindex_inj (@perm_inj _ s)); apply: eq_bigr => j _.
by rewrite nth_permute permK.
Qed.

Lemma moment_permute (s : 'S_k) m : momentZ q (fun i j => t i (s j)) m = momentZ q t (permute s^-1 m).
Proof. by apply: eq_bigr => i _; rewrite char_permute. Qed.

Definition energy (m : exponent) : C := \sum_(s : 'S_k) `|momentZ q t (permute s m)| ^+ 2.

Lemma energy_ge0 m : 0 <= energy m.
Proof. by apply: sumr_ge0 => s _; rewrite exprn_ge0. Qed.

Lemma moment_le1 m : `|momentZ q t m| <= 1.
Proof.
apply: le_trans (ler_norm_sum _ _ _) _; rewrite -q_sum; apply: ler_sum => i _.
by rewrite normrM char_norm // mulr1 ger0_norm.
Qed.

Lemma sum_perms : k`!%:R = \sum_(s : 'S_k) 1 :> C.
Proof. by rewrite sumr_const card_Sn. Qed.

Lemma energy_le m : energy m <= k`!%:R.
Proof.
rewrite sum_perms; apply: ler_sum => s _.
by rewrite expr_le1 ?moment_le1.
Qed.

Lemma moment_opp m : size m = k -> momentZ q t (opp m) = (momentZ q t m)^*.
Proof.
move=> sm; rewrite rmorph_sum; apply: eq_bigr => i _; rewrite rmorphM q_conj //; congr (_ * _).
have h : char (t i) (opp m) * char (t i) m = 1.
  rewrite /char -big_split big1 //= => j _; rewrite (nth_map 0) ?sm //.
  by rewrite -expfzDr ?t_neq0 // rmorphN addNr expr0z.
by rewrite -[LHS]mulr1 -(char_conj t_unit i m) mulrA h mul1r.
Qed.

Lemma permute_opp s m : size m = k -> permute s (opp m) = opp (permute s m).
Proof. by move=> sm; rewrite /opp -map_comp; apply: eq_map => j /=; rewrite (nth_map 0) ?sm. Qed.

Lemma energy_opp m : size m = k -> energy (opp m) = energy m.
Proof.
by move=> sm; apply: eq_bigr => s _; rewrite permute_opp // moment_opp ?size_permute // norm_conjC.
Qed.

Lemma energy_perm m n : size m = k -> perm_eq n m -> energy n = energy m.
Proof.
move=> sm; have sm' : size m == k by apply/eqP.
move=> /(tuple_permP (t := Tuple sm')) [p e].
have -> : n = permute p m.
  by rewrite e /=; apply: eq_map => j; rewrite (tnth_nth 0).
rewrite /energy [RHS](reindex_inj (mulIg p)); apply: eq_bigr => s _.
by rewrite permuteM.
Qed.

Lemma energy_canon m : size m = k -> energy (canon m) = energy m.
Proof.
move=> sm; rewrite /canon; case: ifP => _; first by apply: energy_perm; rewrite ?perm_sort.
by rewrite -[RHS]energy_opp //; apply: energy_perm; rewrite ?perm_sort ?size_map.
Qed.

Lemma sumn_perm k' m n : perm_eq m n -> walkZ k' m = walkZ k' n.
Proof. by move=> h; rewrite /walkZ (perm_sumn (perm_map _ h)). Qed.

Lemma energy_walk m : size m = k -> has (fun x => x != 0) m -> walkZ k m -> energy m = 0.
Proof.
move=> sm nz wm; apply: big1 => s _; have h := perm_permute s sm.
by rewrite D0 ?normr0 ?expr0n ?size_permute ?(perm_has _ h) // (sumn_perm _ h).
Qed.

Fixpoint total (t : trie) : C :=
  if t is Node l b r then total l + \sum_(x <- b) zc x.2 * energy x.1 + total r else 0.

Lemma sum_bucket m c b :
  \sum_(x <- bucket m c b) zc x.2 * energy x.1 = \sum_(x <- b) zc x.2 * energy x.1 + zc c * energy m.
Proof.
elim: b => [|x b IH] /=; first by rewrite big_seq1 big_nil add0r.
by case: eqP => [->|_]; rewrite !big_cons /= ?IH ?addrA // zcD mulrDl addrAC.
Qed.

Lemma total_add p m c tr : total (add p m c tr) = total tr + zc c * energy m.
Proof.
elim: p tr => [p IH|p IH|] [|l b r] /=; rewrite ?IH ?sum_bucket ?big_nil ?big_seq1 /= ?add0r ?addr0 ?addrA //.
  by rewrite (addrAC (total l)) addrAC.
by rewrite addrAC.
Qed.

Lemma total_expand cert : total (expand k cert)
  = \sum_(wv <- cert) zc wv.1 * \sum_(h <- wv.2) \sum_(g <- wv.2) zc (h.2 * g.2) * energy (sub k h.1 g.1).
Proof.
elim: cert => [|[w v] cert IH] /=; first by rewrite big_nil.
rewrite big_cons -IH /=; set tr := expand k cert; rewrite /add_vector.
have E1 h (v2 : vector) tr1 : total (foldr (fun g t => add_pair k w h g t) tr1 v2)
   = zc w * (\sum_(g <- v2) zc (h.2 * g.2) * energy (sub k h.1 g.1)) + total tr1.
  elim: v2 => [|g v2 IH2] /=; first by rewrite big_nil mulr0 add0r.
  rewrite big_cons total_add IH2 mulrDr energy_canon ?size_mkseq // [zc (w * _)]zcM mulrA.
  by rewrite addrC addrA.
have E (v1 v2 : vector) : total (foldr (fun h t => foldr (fun g t => add_pair k w h g t) t v2) tr v1)
   = zc w * (\sum_(h <- v1) \sum_(g <- v2) zc (h.2 * g.2) * energy (sub k h.1 g.1)) + total tr.
  elim: v1 => [|h v1 IH1] /=; first by rewrite big_nil mulr0 add0r.
  by rewrite big_cons mulrDr -addrA -IH1 E1.
exact: E.
Qed.

Lemma total_cap tr : total tr <= k`!%:R * zc (cap k tr).
Proof.
elim: tr => [|l hl b r hr] /=; first by rewrite zc0 mulr0.
rewrite !zcD !mulrDr addrA; apply: ler_add hr; apply: ler_add hl _.
elim: b => [|x b IH] /=; first by rewrite big_nil zc0 mulr0.
rewrite big_cons zcD mulrDr; apply: ler_add IH; rewrite /entry.
case: ifP => [az|naz].
  have -> : energy x.1 = k`!%:R; last by rewrite mulrC.
  rewrite sum_perms; apply: eq_bigr => s _.
  have -> : momentZ q t (permute s x.1) = 1; last by rewrite normr1 expr1n.
  rewrite -[RHS]q_sum; apply: eq_bigr => i _; rewrite /char big1 ?mulr1 // => j _.
  rewrite nth_permute (_ : nth 0 x.1 (s j) = 0) ?expr0z //.
  by case: (ltnP (s j) (size x.1)) => h; [apply/eqP/(all_nthP _ az) | rewrite nth_default].
case: ifP => [/andP[/eqP sx wx]|_].
  have -> : energy x.1 = 0; last by rewrite mulr0 zc0 mulr0.
  have nz : has (fun e => e != 0) x.1 by rewrite has_predC naz.
  case/orP: wx => wx; first exact: energy_walk.
  rewrite -energy_opp // energy_walk ?size_map // has_map.
  by apply: sub_has nz => e /=; apply: contra => /eqP; case: e.
have h0 := energy_ge0 x.1; have h1 := energy_le x.1.
apply: le_trans (_ : zc (Z.max 0 x.2) * energy x.1 <= _).
  by apply: ler_wpmul2r => //; apply: zc_le; lia.
by rewrite mulrC; apply: ler_wpmul2r => //; apply: zc_ge0; lia.
Qed.

Lemma zc_at_one cert : zc (at_one cert) = \sum_(wv <- cert) zc wv.1 * (\sum_(h <- wv.2) zc h.2) ^+ 2.
Proof.
elim: cert => [|[w v] cert IH]; first by rewrite big_nil.
rewrite big_cons -IH /= [LHS]zcD [X in X + _]zcM [zc (_ * _)]zcM expr2; congr (_ * (_ * _) + _).
  by elim: v => [|h v IHv]; rewrite ?big_nil ?big_cons //= [LHS]zcD IHv.
by elim: v => [|h v IHv]; rewrite ?big_nil ?big_cons //= [LHS]zcD IHv.
Qed.

Lemma zc_le_inv a b : zc a <= zc b -> Z.leb a b.
Proof. by rewrite /ZtoC ler_int => h; lia. Qed.

Theorem soundness cert n : check k cert n -> Z.leb n (Z.of_nat #|I|).
Proof.
case/and3P => /allP w_ge0 d_ge0 gap.
set d := cap k _ in d_ge0 gap.
pose Q := \sum_i q i ^+ 2.
have h1 : zc (at_one cert) * Q <= zc d.
  have k0 : 0 < k`!%:R :> C by rewrite ltr0n fact_gt0.
  rewrite -(ler_pmul2l k0); apply: le_trans (total_cap _); rewrite total_expand zc_at_one.
  rewrite mulr_suml mulr_sumr big_seq [X in _ <= X]big_seq; apply: ler_sum => wv wvc.
  rewrite -mulrA mulrCA; apply: ler_wpmul2l; first exact/zc_ge0/w_ge0.
  have -> : \sum_(h <- wv.2) \sum_(g <- wv.2) zc (h.2 * g.2) * energy (sub k h.1 g.1)
      = \sum_(s : 'S_k) \sum_(h <- wv.2) \sum_(g <- wv.2)
          zc (h.2 * g.2) * `|momentZ q (fun i j => t i (s j)) (sub k h.1 g.1)| ^+ 2.
    rewrite [RHS]exchange_big; apply: eq_bigr => h _; rewrite [RHS]exchange_big; apply: eq_bigr => g _.
    rewrite -mulr_sumr; congr (_ * _); rewrite /energy [LHS](reindex_inj invg_inj).
    by apply: eq_bigr => s _; rewrite moment_permute.
  rewrite sum_perms mulr_suml; apply: ler_sum => s _.
  by rewrite mul1r; apply: main_inequality.
have h2 : 1 <= #|I|%:R * Q.
  have N0 : 0 < #|I|%:R :> C.
    rewrite ltr0n lt0n; apply/eqP => /card0_eq I0.
    by move: q_sum; rewrite big1 => [/eqP|i]; [rewrite eq_sym oner_eq0 | have := I0 i].
  rewrite -(ler_pmul2l N0) mulr1 -subr_ge0.
  have -> : #|I|%:R * (#|I|%:R * Q) - #|I|%:R = \sum_i (#|I|%:R * q i - 1) ^+ 2.
    have -> : \sum_i (#|I|%:R * q i - 1) ^+ 2 = \sum_i (#|I|%:R ^+ 2 * q i ^+ 2 - 2 * #|I|%:R * q i + 1).
      have id (N x : C) : (N * x - 1) ^+ 2 = N ^+ 2 * x ^+ 2 - 2 * N * x + 1 by ring.
      by apply: eq_bigr => i _; apply: id.
    rewrite !big_split /= sumrN -!mulr_sumr q_sum sumr_const mulr1 mulrA -expr2.
    by rewrite mulr_natl mulr2n opprD -!addrA addNr addr0.
  apply: sumr_ge0 => i _; apply: real_exprn_even_ge0 => //.
  by rewrite rpredB ?rpred1 ?rpredM ?ger0_real ?ler0n.
have hN : #|I|%:R = zc (Z.of_nat #|I|) by rewrite /ZtoC pmulrn; congr (_ *~ _); lia.
have [a0|a0] := boolP (Z.leb 0 (at_one cert)).
  have : zc (at_one cert) <= zc (Z.of_nat #|I| * d).
    apply: le_trans (_ : zc (at_one cert) * (#|I|%:R * Q) <= _).
      by rewrite -[X in X <= _]mulr1; apply: ler_wpmul2l h2; apply: zc_ge0.
    by rewrite mulrCA [X in _ <= X]zcM -hN; apply: ler_wpmul2l h1; rewrite ler0n.
  move=> /zc_le_inv; move: gap d_ge0 a0; rewrite -/d; clearbody d.
  move: (at_one _) (Z.of_nat _) => b N; rewrite /GRing.mul /GRing.add /GRing.opp /GRing.one /=.
  by move=> g1 g2 g3 g4; nia.
move: a0 gap d_ge0; rewrite -/d; clearbody d.
have := Zle_0_nat #|I|; move: (at_one _) (Z.of_nat _) => b N g0.
rewrite /GRing.mul /GRing.add /GRing.opp /GRing.one /= => g1 g2 g3.
by nia.
Qed.

End Soundness.

Theorem width_bound (C : numClosedFieldType) k (I : finType) (q : I -> C) (t : I -> 'I_k -> C) cert n :
  design q t -> check k cert (Z.of_nat n) -> (n <= #|I|)%N.
Proof. by move=> D /(soundness D) => h; lia. Qed.
