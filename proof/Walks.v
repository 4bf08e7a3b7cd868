(* Walks of k unit steps in Z^k.  The power (X_1 + 1/X_1 + ... + X_k + 1/X_k)^k is the sum over walks of X^(its end); *)
(* every possible end is reached; and ends that agree modulo an odd number above k are equal.                         *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import zify.
From FourierMargin Require Import Statement.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Walks.
Variable l : nat.
Notation k := l.+1.
Implicit Types e : 'I_k -> int.

(* One step: a coordinate and a sign. *)
Definition step (x : 'I_k * bool) (j : 'I_k) : int := if x.1 == j then (-1) ^+ x.2 else 0.
Definition steps (g : {ffun 'I_k -> 'I_k * bool}) (j : 'I_k) : int := \sum_i step (g i) j.

Lemma absz_sum (I : finType) (F : I -> int) : (`|(\sum_i F i)%R| <= \sum_i `|F i|)%N.
Proof. by elim/big_rec2: _ => // i x y _ h; move: h; lia. Qed.

Lemma odd_absz_sum (I : finType) (F : I -> int) : odd `|(\sum_i F i)%R| = odd (\sum_i `|F i|)%N.
Proof. by elim/big_rec2: _ => // i x y _ h; rewrite oddD; lia. Qed.

Lemma absz_step x : (\sum_j `|step x j|)%N = 1%N.
Proof.
rewrite (bigD1 x.1) //= /step eqxx big1 => [|j /negbTE nj]; last by rewrite eq_sym nj.
by case: x.2.
Qed.

Lemma walk_steps g : walk (steps g).
Proof.
have total : (\sum_j \sum_i `|step (g i) j|)%N = k.
  by rewrite exchange_big /= (eq_bigr _ (fun i _ => absz_step _)) sum1_card card_ord.
apply/andP; split.
  by rewrite -[X in (_ <= X)%N]total; apply: leq_sum => j _; apply: absz_sum.
rewrite -[X in _ == odd X]total; apply/eqP; elim/big_rec2: _ => // j x y _ h.
by rewrite !oddD h odd_absz_sum.
Qed.

Lemma reach_seq s e : (\sum_j `|e j| <= s)%N -> odd (\sum_j `|e j|)%N = odd s ->
  exists2 w : seq ('I_k * bool), size w = s & forall j, \sum_(x <- w) step x j = e j.
Proof.
elim: s e => [|s IH] e le par.
  exists [::] => // j; rewrite big_nil.
  by move: le; rewrite leqn0 sum_nat_eq0 => /forallP/(_ j); lia.
suff [x h] : exists x, (\sum_j `|(e j - step x j)%R| <= s)%N /\ odd (\sum_j `|(e j - step x j)%R|)%N = odd s.
  have [w sw hw] := IH _ h.1 h.2.
  by exists (x :: w) => [|j]; rewrite /= ?sw // big_cons hw addrC subrK.
have [/existsP[j0 j0n]|] := boolP [exists j, e j != 0].
  exists (j0, e j0 < 0).
  have E : (\sum_j `|(e j - step (j0, (e j0 < 0)%R) j)%R|).+1%N = (\sum_j `|e j|)%N.
    rewrite (bigD1 j0) // [RHS](bigD1 j0) //= /step /= eqxx -addSn; congr (_ + _)%N.
      by move: j0n; case: ltP => h n0; rewrite ?expr1 ?expr0; lia.
    by apply: eq_bigr => j /negbTE nj; rewrite eq_sym nj subr0.
  by move: le par; rewrite -E /= => le par; split=> //; lia.
rewrite negb_exists => /forallP h0; exists (ord0, false).
have E : (\sum_j `|(e j - step (ord0, false) j)%R|)%N = 1%N.
  rewrite -(absz_step (ord0, false)); apply: eq_bigr => j _.
  by have := h0 j; rewrite negbK => /eqP ->; rewrite sub0r abszN.
have E0 : (\sum_j `|e j|)%N = 0%N.
  by apply: big1 => j _; have := h0 j; rewrite negbK => /eqP ->.
by rewrite E; move: par; rewrite E0; case: (s) => [|s'] //= h; split=> //; lia.
Qed.

Lemma reach e : walk e -> exists g, forall j, steps g j = e j.
Proof.
case/andP => le /eqP par; have [w sw hw] := reach_seq le par.
exists [ffun i : 'I_k => nth (ord0, false) w i] => j; rewrite -hw (big_nth (ord0, false)) sw big_mkord.
by apply: eq_bigr => i _; rewrite ffunE.
Qed.

Lemma alias d e e' : odd d -> (k < d)%N -> walk e -> walk e' ->
  (forall j, (d%:Z %| e j - e' j)%Z) -> forall j, e j = e' j.
Proof.
move=> od kd /andP[le pe] /andP[le' pe'] dv j0; apply/eqP; rewrite -subr_eq0; apply/negPn/negP => n0.
pose q j := (`|(e j - e' j)%R| %/ d)%N.
have qE j : `|(e j - e' j)%R|%N = (d * q j)%N by rewrite /q mulnC divnK //; have := dv j; rewrite dvdzE.
have S1 : (\sum_j `|(e j - e' j)%R| <= k + k)%N.
  apply: leq_trans (leq_add le le'); rewrite -big_split; apply: leq_sum => j _ /=; lia.
have S2 : odd (\sum_j `|(e j - e' j)%R|)%N = false.
  have par j : odd `|(e j - e' j)%R| = odd (`|e j| + `|e' j|)%N by lia.
  have -> : odd (\sum_j `|(e j - e' j)%R|)%N = odd (\sum_j (`|e j| + `|e' j|))%N.
    by rewrite !(big_morph odd oddD (erefl _)); apply: eq_bigr.
  by rewrite big_split /= oddD (eqP pe) (eqP pe') addbb.
move: S1 S2; rewrite (eq_bigr _ (fun j _ => qE j)) -big_distrr /= oddM od /= => S1 S2.
have q0 : (0 < \sum_j q j)%N.
  rewrite (bigD1 j0) //= addn_gt0; apply/orP; left; rewrite lt0n; apply: contra n0 => /eqP h.
  by rewrite -absz_eq0 qE h muln0.
have q2 : (2 <= \sum_j q j)%N by move: q0 S2; case: (\sum_j q j)%N => [|[|]].
by have := leq_trans (leq_mul (leqnn d) q2) S1; lia.
Qed.

(* A power expands into walks. *)
Lemma prod_step (C : fieldType) (X : 'I_k -> C) x :
  \prod_j X j ^ step x j = if x.2 then (X x.1)^-1 else X x.1.
Proof.
rewrite (bigD1 x.1) //= big1 => [|j /negbTE nj]; last by rewrite /step eq_sym nj expr0z.
by rewrite mulr1 /step eqxx; case: x.2; rewrite ?exprN1 ?expr1z.
Qed.

Lemma walk_expand (C : fieldType) (X : 'I_k -> C) : (forall j, X j != 0) ->
  (\sum_j (X j + (X j)^-1)) ^+ k = \sum_(g : {ffun 'I_k -> 'I_k * bool}) \prod_j X j ^ steps g j.
Proof.
move=> X0; have -> : \sum_j (X j + (X j)^-1) = \sum_x \prod_j X j ^ step x j.
  rewrite -(pair_bigA _ (fun i b => \prod_j X j ^ step (i, b) j)) /=; apply: eq_bigr => i _.
  by rewrite big_bool !prod_step /= addrC.
have -> S : S ^+ k = \prod_(i < k) S :> C by rewrite prodr_const card_ord.
rewrite bigA_distr_bigA /=; apply: eq_bigr => g _.
rewrite exchange_big /=; apply: eq_bigr => j _.
by rewrite /steps (big_morph _ (fun m n => expfzDr m n (X0 j)) (expr0z _)).
Qed.

End Walks.
