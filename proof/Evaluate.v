(* The definitions of Statement.v, computed.  logit, sqnorm and margin_ge speak of any real closed field; on networks *)
(* with whole weights the functions below compute them, as the lemmas say.  The tests hand such networks to the       *)
(* functions and to the Python package, and compare the answers: both speak of the same network, margin and norm.     *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ssrZ zify.
From FourierMargin Require Import Statement UpperBound.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* A neuron as lists: k rows of p inputs, and p outputs.  An input a is the list of its k entries. *)
Definition lists := (seq (seq Z) * seq Z)%type.

Fixpoint sumZ (s : seq Z) : Z := if s is x :: s' then Z.add x (sumZ s') else Z0.
Definition entry (row : seq Z) (x : nat) : Z := nth Z0 row x.
Definition response (n : lists) (a : seq nat) k : Z :=
  sumZ [seq entry (nth [::] n.1 j) (nth 0%N a j) | j <- iota 0 k].

Definition logitZ k (theta : seq lists) (a : seq nat) (c : nat) : Z :=
  sumZ [seq Z.mul (Z.pow (response n a k) (Z.of_nat k)) (entry n.2 c) | n <- theta].
Definition squaresZ (p : nat) (row : seq Z) : Z := sumZ [seq Z.mul (entry row x) (entry row x) | x <- iota 0 p].
Definition sqnormZ k p (n : lists) : Z :=
  Z.add (sumZ [seq squaresZ p (nth [::] n.1 j) | j <- iota 0 k]) (squaresZ p n.2).

Fixpoint inputs k p : seq (seq nat) :=
  if k is k'.+1 then flatten [seq [seq x :: a | a <- inputs k' p] | x <- iota 0 p] else [:: [::]].
Definition margin_geZ k p (theta : seq lists) (m : Z) : bool :=
  all (fun a => let y := (sumn a %% p)%N in
    all (fun c => (c == y) || Z.leb m (Z.sub (logitZ k theta a y) (logitZ k theta a c))) (iota 0 p)) (inputs k p).

Section Meaning.
Variables (R : rcfType) (k p : nat).
Hypothesis p_gt1 : (1 < p)%N.

Definition zr (z : Z) : R := (int_of_Z z)%:~R.
Definition of_lists (n : lists) : neuron R (Z_ p) k :=
  Neuron (fun j (x : 'Z_p) => zr (entry (nth [::] n.1 j) x)) (fun x : 'Z_p => zr (entry n.2 x)).

Lemma zrD a b : zr (Z.add a b) = zr a + zr b. Proof. by rewrite -intrD -rmorphD. Qed.
Lemma zrB a b : zr (Z.sub a b) = zr a - zr b. Proof. by rewrite -rmorphB -rmorphB. Qed.
Lemma zrM a b : zr (Z.mul a b) = zr a * zr b. Proof. by rewrite -intrM -rmorphM. Qed.
Lemma zrX a e : zr (Z.pow a (Z.of_nat e)) = zr a ^+ e.
Proof. by elim: e => [|e IH]; rewrite ?expr0 // Nat2Z.inj_succ Z.pow_succ_r ?zrM ?IH ?exprS //; lia. Qed.

Lemma zr_sum I (s : seq I) F : zr (sumZ [seq F i | i <- s]) = \sum_(i <- s) zr (F i).
Proof. by elim: s => [|i s IH]; rewrite ?big_nil // big_cons -IH -zrD. Qed.

Lemma sum_iota q (F : nat -> R) : \sum_(x <- iota 0 q) F x = \sum_(x < q) F x.
Proof. by rewrite -(big_mkord xpredT) /index_iota subn0. Qed.

Lemma zr_response n (a : {ffun 'I_k -> 'Z_p}) s : (forall j : 'I_k, nth 0%N s j = a j :> nat) ->
  zr (response n s k) = \sum_j inp (of_lists n) j (a j).
Proof. by move=> h; rewrite zr_sum sum_iota; apply: eq_bigr => j _; rewrite h. Qed.

Lemma zr_logit theta (a : {ffun 'I_k -> 'Z_p}) s (c : 'Z_p) : (forall j : 'I_k, nth 0%N s j = a j :> nat) ->
  zr (logitZ k theta s c) = logit (map of_lists theta) a c.
Proof.
move=> h; rewrite zr_sum /logit big_map; apply: eq_bigr => n _.
by rewrite zrM zrX (zr_response n h).
Qed.

Lemma zr_squares row : zr (squaresZ p row) = \sum_(x : 'Z_p) zr (entry row x) ^+ 2.
Proof.
rewrite zr_sum sum_iota; have -> : p = (Zp_trunc p).+2 by rewrite Zp_cast.
by apply: eq_bigr => x _; rewrite zrM.
Qed.

Theorem zr_sqnorm n : zr (sqnormZ k p n) = sqnorm (of_lists n).
Proof.
rewrite zrD zr_squares; congr (_ + _).
by rewrite zr_sum sum_iota; apply: eq_bigr => j _; rewrite zr_squares.
Qed.

Lemma zr_le a b : (zr a <= zr b) = Z.leb a b.
Proof. by rewrite ler_int; lia. Qed.

Lemma mem_inputs l s : (s \in inputs l p) = (size s == l) && all (fun x => x < p)%N s.
Proof.
elim: l s => [|l IH] [|x s] //=; first by apply/negbTE/flatten_mapP => -[y _ /mapP[]].
apply/flatten_mapP/idP => [[y yp /mapP[s' hs [-> ->]]]|/and3P[ss xp sp]].
  by move: hs yp; rewrite IH mem_iota add0n eqSS /= => /andP[-> ->] ->.
exists x; first by rewrite mem_iota.
by apply: map_f; rewrite IH -eqSS ss.
Qed.

Lemma val_sum l (s : l.-tuple nat) (a : 'I_l -> 'Z_p) : (forall j : 'I_l, nth 0%N s j = a j :> nat) ->
  (sumn s %% p)%N = \sum_j a j :> nat.
Proof.
move=> h; have -> : sumn s = (\sum_(j < l) a j)%N.
  by rewrite sumnE (big_nth 0%N) size_tuple big_mkord; apply: eq_bigr => j _; apply: h.
have e : (Zp_trunc p).+2 = p by rewrite Zp_cast.
rewrite -[X in (_ %% X)%N]e; elim/big_rec2: _ => [|j x y _ IH]; first by rewrite mod0n.
by rewrite /= -IH modnDmr.
Qed.

Lemma below_p (x : 'Z_p) : (x < p)%N.
Proof. by have := ltn_ord x; rewrite [X in (_ < X)%N]Zp_cast. Qed.

(* The margin is at least m: decided by computation. *)
Theorem margin_geP theta m : reflect (margin_ge (map of_lists theta) (zr m)) (margin_geZ k p theta m).
Proof.
have e : (Zp_trunc p).+2 = p by rewrite Zp_cast.
apply: (iffP allP) => [H a c ac|H s].
  pose s := [tuple nat_of_ord (a j) | j < k].
  have hs (j : 'I_k) : nth 0%N s j = a j :> nat by rewrite -tnth_nth tnth_mktuple.
  have ys : (sumn s %% p)%N = label a :> nat by apply: val_sum hs.
  have /H : val s \in inputs k p.
    rewrite mem_inputs size_tuple eqxx /=; apply/allP => x /mapP[j _ ->].
    exact: below_p.
  rewrite ys => /allP /(_ (nat_of_ord c)); rewrite mem_iota add0n below_p => /(_ isT).
  have -> : (c == label a :> nat) = false by apply: contra_neqF ac => /eqP/val_inj.
  by rewrite /= -zr_le zrB !(zr_logit _ _ hs).
rewrite mem_inputs => /andP[/eqP ss /allP sp] /=; apply/allP => c; rewrite mem_iota add0n => cp.
have [c' hc] : exists c' : 'Z_p, c = c' :> nat by exists (inZp c); rewrite /= e modn_small.
have [a hs] : exists a : {ffun 'I_k -> 'Z_p}, forall j : 'I_k, nth 0%N s j = a j :> nat.
  by exists [ffun j : 'I_k => inZp (nth 0%N s j)] => j; rewrite ffunE /= e modn_small // sp // mem_nth // ss.
have ss' : size s == k by apply/eqP.
have ys : (sumn s %% p)%N = label a :> nat by apply: (@val_sum _ (Tuple ss')) hs.
rewrite hc ys; have [//|/= nc] := eqVneq (nat_of_ord c') (label a).
have cc : c' != label a by apply: contra nc => /eqP/(congr1 (@nat_of_ord _))/eqP.
by rewrite -zr_le zrB !(zr_logit _ _ hs); apply: H.
Qed.

End Meaning.
