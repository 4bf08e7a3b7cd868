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

Lemma size_canon m : size (canon m) = size m.
Proof. by rewrite /canon; case: ifP => _; rewrite size_sort ?size_map. Qed.

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

(* ----------------------------------- Exponents packed into numbers ---------------------------------------------- *)

Definition small (b : Z) (m : exponent) : bool := all (fun x => Z.leb (Z.opp b) x && Z.leb x b) m.

Lemma packS x m : pack (x :: m) = Z.add x (Z.mul 33 (pack m)). Proof. by []. Qed.

Lemma unpack_digit k' x a : Z.leb (Z.opp 16) x && Z.leb x 16 -> unpack k'.+1 (Z.add x (Z.mul 33 a)) = x :: unpack k' a.
Proof.
move=> x16; set z := Z.add x _; pose y := Z.sub (Z.modulo (Z.add z 16) 33) 16.
have -> : unpack k'.+1 z = y :: unpack k' (Z.div (Z.sub z y) 33) by [].
have -> : y = x.
  rewrite /y (_ : Z.add z 16 = Z.add (Z.add x 16) (Z.mul a 33)); last by rewrite /z; lia.
  by rewrite Z_mod_plus_full Z.mod_small; lia.
by rewrite (_ : Z.sub z x = Z.mul a 33) ?Z_div_mult_full // /z; lia.
Qed.

Lemma unpack_pack m : size m = k -> small 16 m -> unpack k (pack m) = m.
Proof.
elim: (k) m => [|k' IH] [|x m] // [sm] /andP[x16 hm].
by rewrite packS unpack_digit // IH.
Qed.

Lemma unpack_small k' z : size (unpack k' z) = k' /\ small 16 (unpack k' z).
Proof.
elim: k' z => [|k' IH] z //; pose y := Z.sub (Z.modulo (Z.add z 16) 33) 16.
rewrite -[unpack _ _]/(y :: unpack k' (Z.div (Z.sub z y) 33)); have [sz h] := IH (Z.div (Z.sub z y) 33).
split; first by rewrite -[in RHS]sz.
apply/andP; split; last exact: h.
by have := Z.mod_pos_bound (Z.add z 16) 33 erefl; rewrite /y; move: (Z.modulo _ _) => r r33; lia.
Qed.

Lemma pack_opp m : pack (opp m) = Z.opp (pack m).
Proof. by elim: m => // x m IH; rewrite /opp map_cons !packS -/(opp m) IH; lia. Qed.

Lemma small_opp b m : small b (opp m) = small b m.
Proof. by rewrite /small all_map; apply: eq_all => x /=; lia. Qed.

Lemma small_canon b m : small b m -> small b (canon m).
Proof. by rewrite /canon => h; case: ifP => _; rewrite /small all_sort //; have := small_opp b m; rewrite /small => ->. Qed.

(* The energy of the exponent that a key stands for. *)
Definition keyed (p : positive) : C := energy (unpack k (unkey p)).

Lemma keyed_pack m : size m = k -> small 16 m -> keyed (key (pack m)) = energy m.
Proof.
move=> sm hm; rewrite /keyed; case E: (pack m) => [|p|p] /=; rewrite -?E ?unpack_pack //.
have -> : Zpos p = pack (opp m) by rewrite pack_opp E.
by rewrite unpack_pack ?size_map ?small_opp // energy_opp.
Qed.

Lemma keyed_canon p : keyed (key (pack (canon (unpack k (unkey p))))) = keyed p.
Proof.
have [s h] := unpack_small k (unkey p).
by rewrite keyed_pack ?size_canon ?small_canon // energy_canon.
Qed.

Lemma pack_sub h g : size h = k -> size g = k -> Z.sub (pack h) (pack g) = pack (sub k h g).
Proof.
rewrite /sub; elim: (k) h g => [|k' IH] [|x h] [|y g] // [sh] [sg].
have -> : mkseq (fun j => nth 0 (x :: h) j - nth 0 (y :: g) j) k'.+1
    = Z.sub x y :: mkseq (fun j => nth 0 h j - nth 0 g j) k'.
  by rewrite /mkseq /= -[1%N]add1n iotaDl -map_comp.
by rewrite !packS -IH //; lia.
Qed.

Lemma fits_sub h g : fits k h -> fits k g -> keyed (key (Z.sub (pack h) (pack g))) = energy (sub k h g).
Proof.
move=> /andP[/eqP sh hh] /andP[/eqP sg hg]; rewrite pack_sub // keyed_pack ?size_mkseq //.
apply/(all_nthP 0) => i; rewrite size_mkseq => ik; rewrite nth_mkseq //.
have := all_nthP 0 hh i; have := all_nthP 0 hg i; rewrite sh sg => /(_ ik) g8 /(_ ik) h8.
by move: g8 h8; rewrite /GRing.add /GRing.opp /=; lia.
Qed.

(* ----------------------------------------- Sums over trees ------------------------------------------------------ *)

Fixpoint total (F : positive -> C) (tr : tree) : C :=
  if tr is Node l c r then total (fun p => F (xO p)) l + zc c * F xH + total (fun p => F (xI p)) r else 0.

Lemma total_add F p c tr : total F (add p c tr) = total F tr + zc c * F p.
Proof.
by elim: p F tr => [p IH|p IH|] F [|l b r] /=; rewrite ?IH /= ?zc0 ?[zc (Z.add b c)]zcD; ring.
Qed.

Local Arguments add : simpl never.

Lemma total_collect f tr acc : total keyed (collect k f tr acc) = total keyed acc + total (fun p => keyed (f p)) tr.
Proof.
elim: tr f acc => [|l hl c r hr] f acc /=; first by rewrite addr0.
by rewrite hl hr; case: Z.eqb_spec => [->|_]; rewrite ?total_add ?keyed_canon ?zc0 /=; ring.
Qed.

Lemma total_row z c v tr : total keyed (row z c v tr)
  = total keyed tr + zc c * \sum_(g <- v) zc g.2 * keyed (key (Z.sub z g.1)).
Proof.
elim: v tr => [|g v IH] tr /=; first by rewrite big_nil mulr0 addr0.
by rewrite IH total_add big_cons -[Z.mul c g.2]/(c * g.2) zcM mulrDr addrA mulrA.
Qed.

Notation weight h g := (zc (h.2 * g.2) * energy (sub k h.1 g.1)).

Lemma weightC (h g : exponent * Z) : size h.1 = k -> size g.1 = k -> weight h g = weight g h.
Proof.
move=> sh sg; rewrite !zcM [zc h.2 * _]mulrC -[energy (sub k g.1 h.1)]energy_opp ?size_mkseq //; congr (_ * energy _).
by rewrite /opp /sub /mkseq -map_comp; apply: eq_map => j /=; lia.
Qed.

Lemma total_square w (v : vector) tr : all (fun h => fits k h.1) v ->
  total keyed (square w [seq (pack h.1, h.2) | h <- v] tr)
    = total keyed tr + zc w * \sum_(h <- v) \sum_(g <- v) weight h g.
Proof.
elim: v tr => [|h v IH] tr /=; first by rewrite big_nil mulr0 addr0.
case/andP=> fh fv; rewrite IH // total_row total_add.
have -> : keyed xH = energy (sub k h.1 h.1) by rewrite -(fits_sub fh fh) Z.sub_diag.
set X := \sum_(h0 <- v) _; rewrite big_map /=.
have -> : \sum_(g <- v) zc g.2 * keyed (key (Z.sub (pack h.1) (pack g.1)))
    = \sum_(g <- v) zc g.2 * energy (sub k h.1 g.1).
  rewrite big_seq [RHS]big_seq; apply: eq_bigr => g gv; rewrite fits_sub //.
  exact: (allP fv).
set Y := \sum_(g <- v) zc g.2 * _.
have eY : \sum_(g <- v) weight h g = zc h.2 * Y.
  by rewrite mulr_sumr; apply: eq_bigr => g _; rewrite zcM mulrA.
have -> : \sum_(h0 <- h :: v) \sum_(g <- h :: v) weight h0 g = weight h h + zc h.2 * Y + (zc h.2 * Y + X).
  rewrite big_cons big_cons eY; congr (_ + _).
  rewrite (eq_bigr (fun h0 => weight h0 h + \sum_(g <- v) weight h0 g)) => [|h0 _]; last by rewrite big_cons.
  rewrite big_split /=; congr (_ + _); rewrite -eY big_seq [RHS]big_seq; apply: eq_bigr => g gv.
  have /andP[/eqP sg _] := allP fv g gv; have /andP[/eqP sh _] := fh.
  exact: weightC.
have zM a b : zc (Z.mul a b) = zc a * zc b := zcM C a b.
have zD a b : zc (Z.add a b) = zc a + zc b := zcD C a b.
by rewrite zD !zM; move: (total _ _) (energy _) => A B; ring.
Qed.

Lemma total_expand cert : all (fun wv => Z.leb 0 wv.1 && all (fun h => fits k h.1) wv.2) cert ->
  total keyed (expand cert) = \sum_(wv <- cert) zc wv.1 * \sum_(h <- wv.2) \sum_(g <- wv.2) weight h g.
Proof.
elim: cert => [|[w v] cert IH] /=; first by rewrite big_nil.
by case/andP=> /andP[_ fv] /IH e; rewrite big_cons total_square // e addrC.
Qed.

Lemma total_cap f tr : total (fun p => keyed (f p)) tr <= k`!%:R * zc (cap k f tr).
Proof.
elim: tr f => [|l hl c r hr] f /=; first by rewrite zc0 mulr0.
rewrite !zcD !mulrDr -addrA; apply: ler_add (hl _) _; apply: ler_add (hr _).
case: Z.eqb_spec => [->|_]; first by rewrite zc0 mul0r mulr0.
rewrite /keyed; move: (unkey _) => z; have [sm _] := unpack_small k z.
move: (unpack k z) sm => m sm; rewrite /entry.
case: ifP => [az|naz].
  have -> : energy m = k`!%:R; last by rewrite mulrC.
  rewrite sum_perms; apply: eq_bigr => s _.
  have -> : momentZ q t (permute s m) = 1; last by rewrite normr1 expr1n.
  rewrite -[RHS]q_sum; apply: eq_bigr => i _; rewrite /char big1 ?mulr1 // => j _.
  rewrite nth_permute (_ : nth 0 m (s j) = 0) ?expr0z //.
  by case: (ltnP (s j) (size m)) => h; [apply/eqP/(all_nthP _ az) | rewrite nth_default].
case: ifP => [wx|_].
  have -> : energy m = 0; last by rewrite mulr0 zc0 mulr0.
  have nz : has (fun e => e != 0) m by rewrite has_predC naz.
  case/orP: wx => wx; first exact: energy_walk.
  rewrite -energy_opp // energy_walk ?size_map // has_map.
  by apply: sub_has nz => e /=; apply: contra => /eqP; case: e.
have h0 := energy_ge0 m; have h1 := energy_le m.
apply: le_trans (_ : zc (Z.max 0 c) * energy m <= _).
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
case/and3P => fit d_ge0 gap; have w_ge0 wv (h : wv \in cert) := proj1 (andP (allP fit wv h)).
set d := cap k _ _ in d_ge0 gap.
pose Q := \sum_i q i ^+ 2.
have h1 : zc (at_one cert) * Q <= zc d.
  have k0 : 0 < k`!%:R :> C by rewrite ltr0n fact_gt0.
  rewrite -(ler_pmul2l k0); apply: le_trans (total_cap id _).
  rewrite total_collect add0r (total_expand fit) zc_at_one.
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
