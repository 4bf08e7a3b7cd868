(* Only the product of the k input values tells labels apart: against a function v of sum zero,                       *)
(*     sum_a (u_1(a_1) + ... + u_k(a_k))^k v(a_1 + ... + a_k) = k! sum_a u_1(a_1) ... u_k(a_k) v(a_1 + ... + a_k),    *)
(* and the right side is k correlations, one inside the other: Correlation.v bounds it (multilinear_bound).           *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From FourierMargin Require Import Correlation.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Multilinear.
Variables (R : rcfType) (G : finZmodType).

Definition fcons k x (a : {ffun 'I_k -> G}) : {ffun 'I_k.+1 -> G} :=
  [ffun i => if unlift ord0 i is Some j then a j else x].

Lemma fcons0 k x (a : {ffun 'I_k -> G}) : fcons x a ord0 = x.
Proof. by rewrite ffunE unlift_none. Qed.

Lemma fconsS k x (a : {ffun 'I_k -> G}) j : fcons x a (lift ord0 j) = a j.
Proof. by rewrite ffunE liftK. Qed.

Lemma sum_fcons k (F : {ffun 'I_k.+1 -> G} -> R) : \sum_a F a = \sum_x \sum_a F (fcons x a).
Proof.
rewrite pair_big /= (reindex (fun z : G * {ffun 'I_k -> G} => fcons z.1 z.2)) //=.
exists (fun a => (a ord0, [ffun j => a (lift ord0 j)])) => [[x a] _|a _] /=.
  by congr (_, _); [rewrite fcons0 | apply/ffunP => j; rewrite ffunE fconsS].
apply/ffunP => i; rewrite ffunE; case: unliftP => [j ->|->] //.
by rewrite ffunE.
Qed.

Definition contract k (u : 'I_k -> G -> R) v c := \sum_(a : {ffun 'I_k -> G}) (\prod_j u j (a j)) * v (c + \sum_j a j).

Lemma contract0 (u : 'I_0 -> G -> R) v c : contract u v c = v c.
Proof.
rewrite /contract (bigD1 [ffun => 0]) //= big_ord0 mul1r big_ord0 addr0 big1 ?addr0 // => a.
by case/eqP; apply/ffunP; case.
Qed.

Lemma contractS k (u : 'I_k.+1 -> G -> R) v c :
  contract u v c = corr (u ord0) (contract (fun j => u (lift ord0 j)) v) c.
Proof.
rewrite /contract sum_fcons; apply: eq_bigr => x _; rewrite mulr_sumr; apply: eq_bigr => a _.
rewrite !big_ord_recl !fcons0 -mulrA; congr (_ * (_ * v _)).
  by apply: eq_bigr => j _; rewrite fconsS.
rewrite addrA (addrC c); congr (_ + _).
by apply: eq_bigr => j _; rewrite fconsS.
Qed.

Lemma sum_contract k (u : 'I_k -> G -> R) v : \sum_x v x = 0 -> \sum_c contract u v c = 0.
Proof.
elim: k u => [|k IH] u v0; first by under eq_bigr do rewrite contract0.
by under eq_bigr do rewrite contractS; apply: sum_corr; apply: IH.
Qed.

Hypothesis odd_G : forall x : G, x + x = 0 -> x = 0.

Lemma contract_norm k (u : 'I_k -> G -> R) v : \sum_x v x = 0 ->
  2 ^+ k * (\sum_c contract u v c ^+ 2)
    <= #|G|%:R ^+ k * ((\prod_j \sum_x u j x ^+ 2) * (\sum_x v x ^+ 2)).
Proof.
elim: k u => [|k IH] u v0.
  by rewrite !expr0 !mul1r big_ord0 mul1r; under eq_bigr do rewrite contract0.
under eq_bigr do rewrite contractS.
set t := fun j => u (lift ord0 j).
have [h1 h2] := (corr_bound odd_G (u ord0) (sum_contract t v0), IH t v0).
rewrite exprSr -mulrA big_ord_recl exprS.
apply: le_trans (ler_wpmul2l _ h1) _; first by rewrite exprn_ge0 ?ler0n.
set A := \sum_x u _ x ^+ 2; set B := \prod_i _ in h2 *; set C := \sum_c _ in h2 *.
have -> : 2 ^+ k * (#|G|%:R * (A * C)) = (#|G|%:R * A) * (2 ^+ k * C) by ring.
have -> : #|G|%:R * #|G|%:R ^+ k * (A * B * (\sum_x v x ^+ 2))
   = (#|G|%:R * A) * (#|G|%:R ^+ k * (B * (\sum_x v x ^+ 2))) by ring.
by apply: ler_wpmul2l h2; rewrite mulr_ge0 ?ler0n ?sumr_ge0 // => x _; rewrite sqr_ge0.
Qed.

Lemma multilinear_bound k (u : 'I_k.+1 -> G -> R) v : \sum_x v x = 0 ->
  2 ^+ k * (\sum_(a : {ffun 'I_k.+1 -> G}) (\prod_j u j (a j)) * v (\sum_j a j)) ^+ 2
    <= #|G|%:R ^+ k * ((\prod_j \sum_x u j x ^+ 2) * (\sum_x v x ^+ 2)).
Proof.
move=> v0; set t := fun j => u (lift ord0 j).
have -> : \sum_(a : {ffun 'I_k.+1 -> G}) (\prod_j u j (a j)) * v (\sum_j a j) = \sum_x u ord0 x * contract t v x.
  transitivity (contract u v 0); first by apply: eq_bigr => a _; rewrite add0r.
  by rewrite contractS; apply: eq_bigr => x _; rewrite addr0.
apply: le_trans (ler_wpmul2l _ (cauchy _ _)) _; first by rewrite exprn_ge0 ?ler0n.
rewrite big_ord_recl mulrCA -!mulrA [X in _ <= X]mulrCA.
apply: ler_wpmul2l; first by rewrite sumr_ge0 // => x _; rewrite sqr_ge0.
exact: contract_norm.
Qed.

Lemma multilinear_bound_gt0 k (u : 'I_k -> G -> R) v : (0 < k)%N -> \sum_x v x = 0 ->
  2 ^+ (k - 1) * (\sum_(a : {ffun 'I_k -> G}) (\prod_j u j (a j)) * v (\sum_j a j)) ^+ 2
    <= #|G|%:R ^+ (k - 1) * ((\prod_j \sum_x u j x ^+ 2) * (\sum_x v x ^+ 2)).
Proof. by case: k u => // k u _; rewrite subn1; apply: multilinear_bound. Qed.

Lemma expn_sum k (x : 'I_k -> R) : (\sum_j x j) ^+ k = \sum_(g : {ffun 'I_k -> 'I_k}) \prod_i x (g i).
Proof.
rewrite -(bigA_distr_bigA (fun _ j => x j)) /=.
by rewrite prodr_const card_ord.
Qed.

Lemma missing_input k (P : {ffun 'I_k -> G} -> R) (v : G -> R) (j0 : 'I_k) : \sum_x v x = 0 ->
  (forall a b : {ffun 'I_k -> G}, (forall j, j != j0 -> a j = b j) -> P a = P b) -> \sum_a P a * v (\sum_j a j) = 0.
Proof.
move=> v0 HP; pose s h (a : {ffun 'I_k -> G}) := [ffun j => a j + (if j == j0 then h else 0)] : {ffun 'I_k -> G}.
have s_inj h : injective (s h).
  by move=> a b /ffunP e; apply/ffunP => j; move: (e j); rewrite !ffunE => /addIr.
have E h : \sum_a P a * v (\sum_j a j + h) = \sum_a P a * v (\sum_j a j).
  rewrite [RHS](reindex_inj (s_inj h)); apply: eq_bigr => a _; congr (_ * v _).
    by apply: HP => j /negbTE nj; rewrite ffunE nj addr0.
  under [RHS]eq_bigr do rewrite ffunE.
  by rewrite big_split /= -big_mkcond big_pred1_eq.
have n0 : (#|G|%:R : R) != 0 by rewrite pnatr_eq0 -lt0n; apply/card_gt0P; exists 0.
apply: (mulfI n0); rewrite mulr0 mulr_natl -sumr_const.
rewrite -(eq_bigr _ (fun h _ => E h)) exchange_big big1 // => a _.
by rewrite -mulr_sumr sum_shiftl v0 mulr0.
Qed.

Lemma power_multilinear k (u : 'I_k -> G -> R) v : \sum_x v x = 0 ->
  \sum_(a : {ffun 'I_k -> G}) (\sum_j u j (a j)) ^+ k * v (\sum_j a j)
    = k`!%:R * \sum_(a : {ffun 'I_k -> G}) (\prod_j u j (a j)) * v (\sum_j a j).
Proof.
move=> v0; set T := \sum_a (\prod_j _) * _.
under eq_bigr do rewrite expn_sum mulr_suml.
rewrite exchange_big (bigID (fun g : {ffun 'I_k -> 'I_k} => injectiveb g)) /=.
rewrite [X in _ + X]big1 ?addr0 => [|g /injectivePn ninj].
  transitivity (\sum_(g : {ffun 'I_k -> 'I_k} | injectiveb g) T).
    apply: eq_bigr => g /injectiveP ginj; apply: eq_bigr => a _; congr (_ * _).
    by rewrite [RHS](reindex_inj ginj).
  rewrite sumr_const -cardsE card_inj_ffuns card_ord ffactnn.
  by rewrite mulr_natl.
have [j0 hj] : exists j0, j0 \notin codom g.
  apply/existsP; rewrite -negb_forall; apply/negP => /forallP surj.
  have /injectiveP ginj : injectiveb g.
    rewrite /injectiveb /dinjectiveb -/(codom g); apply/card_uniqP.
    by rewrite size_codom; apply: eq_card => j; rewrite surj.
  by case: ninj => x [y xy /ginj e]; rewrite e eqxx in xy.
apply: (missing_input (j0 := j0)) => // a b ab; apply: eq_bigr => i _.
by rewrite ab //; apply: contra hj => /eqP <-; apply: codom_f.
Qed.

End Multilinear.
