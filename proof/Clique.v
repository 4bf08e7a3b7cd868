(* At least 3 2^(k-1) points for every k: so many characters are orthonormal in every design, because the difference  *)
(* of any two is an unwanted exponent.  A difference D is unwanted if cost(D) or cost(-D) is not positive, where      *)
(* cost(D) = |D_1 - 1| + ... + |D_k - 1| - k.  With S a set of inputs without the first, |S| its size, m its least:   *)
(*     A_S = (|S|; 1_S),   B_S = (|S|+2; 1_S),   C_S = (|S|; 1_S - 2 e_m) or, for S empty, (2; 2 e_k).                *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import zify ring.
From FourierMargin Require Import Statement Walks.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* Exponents whose differences are all unwanted: never more than there are points. *)
Section Bound.
Variables (C : numClosedFieldType) (k : nat) (I : finType) (q : I -> C) (xi : I -> 'I_k -> C).
Hypothesis D : design q xi.

Lemma moment_conj m : moment q xi (fun j => - m j) = (moment q xi m)^*.
Proof.
case: D => q0 _ x1 _; rewrite rmorph_sum; apply: eq_bigr => i _.
have qr : (q i)^* = q i by apply/CrealP/ger0_real.
have xc j : (xi i j)^* = (xi i j)^-1 by rewrite invC_norm x1 expr1n invr1 mul1r.
rewrite rmorphM qr rmorph_prod; congr (_ * _); apply: eq_bigr => j _ /=.
by rewrite -exprz_inv -xc; case: (m j) => n; rewrite /exprz ?fmorphV rmorphX.
Qed.

Definition cost (d : 'I_k -> int) : int := \sum_j ((`|(d j - 1)%R|%N)%:Z - 1).

Lemma unwanted d : cost d <= 0 -> ~~ odd `|\sum_j d j| -> (exists j, d j != 0) -> moment q xi d = 0.
Proof.
move=> c0 even [j dj]; have [_ _ _ kill] := D.
have e : moment q xi (fun j => - d j) = moment q xi (fun j => 1 - d j - 1).
  by apply: eq_bigr => i _; congr (_ * _); apply: eq_bigr => j' _; congr (_ ^ _); rewrite addrAC subrr add0r.
rewrite -[LHS]conjCK -moment_conj e kill ?rmorph0 //; last by exists j; move: dj; lia.
have n1 : (\sum_j `|(1 - d j)%R|)%:Z = cost d + k%:Z.
  rewrite /cost sumrB sumr_const card_ord -[1 *+ k]/(k%:Z%:~R) intz subrK.
  by rewrite (big_morph Posz PoszD (erefl _)); apply: eq_bigr => j' _; rewrite distnC.
apply/andP; split; first by move: n1 c0; lia.
rewrite -odd_absz_sum sumrB sumr_const card_ord.
by move: even; rewrite -[1 *+ k]/(k%:Z%:~R) intz; lia.
Qed.

Lemma clique_bound (T : finType) (e : T -> 'I_k -> int) :
  (forall a b, a != b -> moment q xi (fun j => e a j - e b j) = 0) -> (#|T| <= #|I|)%N.
Proof.
move=> orth; have [_ q1 x1 _] := D; have x0 i j : xi i j != 0 by rewrite -normr_eq0 x1 oner_eq0.
pose A := \matrix_(a < #|T|, i < #|I|) (q (enum_val i) * \prod_j xi (enum_val i) j ^ e (enum_val a) j).
pose B := \matrix_(i < #|I|, b < #|T|) \prod_j xi (enum_val i) j ^ (- e (enum_val b) j).
have E : A *m B = 1%:M.
  apply/matrixP => a b; rewrite !mxE.
  transitivity (moment q xi (fun j => e (enum_val a) j - e (enum_val b) j)).
    rewrite /moment [RHS](reindex_onto enum_val enum_rank) => [|i _]; last exact: enum_rankK.
    rewrite [RHS](eq_bigl xpredT) => [|i]; last by rewrite /= enum_valK eqxx.
    apply: eq_bigr => i _; rewrite !mxE -mulrA; congr (_ * _); rewrite -big_split; apply: eq_bigr => j _ /=.
    by rewrite expfzDr.
  have [->|ab] := eqVneq a b; last by rewrite orth // (inj_eq enum_val_inj).
  rewrite /moment -[RHS]q1; apply: eq_bigr => i _; rewrite big1 ?mulr1 // => j _.
  by rewrite subrr expr0z.
by have := mulmx_max_rank A B; rewrite E mxrank1.
Qed.

End Bound.

Section Family.
Variable l : nat.
Notation k := l.+2.
Notation S := {ffun 'I_l.+1 -> bool}.
Implicit Types s t : S.

Definition fc (x : int) : int := (`|(x - 1)%R|%N)%:Z - 1.
Definition size_of s : int := \sum_i (s i : nat)%:Z.
Variable m : S -> 'I_l.+1.
Definition empty s := s == [ffun=> false].
Hypothesis m_in : forall s, ~~ empty s -> s (m s).
Hypothesis m_least : forall s i, s i -> (m s <= i)%N.

(* None is C, Some false is A, Some true is B. *)
Definition first (x : option bool * S) : int :=
  size_of x.2 + (if x.1 is Some b then if b then 2 else 0 else if empty x.2 then 2 else 0).
Definition rest (x : option bool * S) i : int :=
  (x.2 i : nat)%:Z + (if x.1 is Some _ then 0 else
    if empty x.2 then (if i == ord_max then 2 else 0) else if i == m x.2 then - 2 else 0).
Definition exponent x (j : 'I_k) : int := if unlift ord0 j is Some i then rest x i else first x.

Definition rest_cost x y := \sum_i fc (rest y i - rest x i).

Lemma bump b (x : 'I_l.+1 -> int) v :
  \sum_i fc (x i + if i == b then v else 0) = \sum_i fc (x i) + (fc (x b + v) - fc (x b)).
Proof.
rewrite (bigD1 b) //= eqxx [in RHS](bigD1 b) //= (eq_bigr (fun i => fc (x i))) => [|i /negbTE ->];
  last by rewrite addr0.
by rewrite [RHS]addrAC addrCA subrr addr0.
Qed.

Lemma rest_line s t : \sum_i fc ((t i : nat)%:Z - (s i : nat)%:Z) = size_of s - size_of t.
Proof. by rewrite -sumrB; apply: eq_bigr => i _; case: (s i) (t i) => [] []. Qed.

(* From one row to another, without and with corners. *)
Lemma cost_line a b s t : rest_cost (Some a, s) (Some b, t) = size_of s - size_of t.
Proof. by rewrite -rest_line; apply: eq_bigr => i _; rewrite /rest /= !addr0. Qed.

Lemma cost_from_corner b s t : ~~ empty s -> rest_cost (None, s) (Some b, t) =
  size_of s - size_of t - 2 + (t (m s)).*2%:Z.
Proof.
move=> s0; rewrite -rest_line; pose x i := (t i : nat)%:Z - (s i : nat)%:Z.
transitivity (\sum_i fc (x i + if i == m s then 2 else 0)).
  by apply: eq_bigr => i _; rewrite /rest /= (negbTE s0) /x; congr fc; case: (i == _); lia.
by rewrite bump /x (m_in s0); case: (t (m s)); rewrite /fc; lia.
Qed.

Lemma cost_to_corner b s t : ~~ empty s -> rest_cost (Some b, t) (None, s) = size_of t - size_of s + 2.
Proof.
move=> s0; rewrite -rest_line; pose x i := (s i : nat)%:Z - (t i : nat)%:Z.
transitivity (\sum_i fc (x i + if i == m s then - 2 else 0)).
  by apply: eq_bigr => i _; rewrite /rest /= (negbTE s0) /x; congr fc; case: (i == _); lia.
by rewrite bump /x (m_in s0); case: (t (m s)); rewrite /fc; lia.
Qed.

Lemma cost_corners s t : ~~ empty s -> ~~ empty t -> rest_cost (None, s) (None, t) =
  size_of s - size_of t + (if m s == m t then 0 else (t (m s)).*2%:Z).
Proof.
move=> s0 t0; rewrite -rest_line; pose x i := (t i : nat)%:Z - (s i : nat)%:Z.
transitivity (\sum_i fc (x i + (if i == m s then 2 else 0) + (if i == m t then - 2 else 0))).
  by apply: eq_bigr => i _; rewrite /rest /= (negbTE s0) (negbTE t0) /x; congr fc; case: (i == m s);
    case: (i == m t); lia.
rewrite (bump (m t) (fun i => x i + (if i == m s then 2 else 0))) bump /x eq_sym.
have := m_in s0; have := m_in t0; case: (m s =P m t) => [->|_] -> ->; first by rewrite /fc; lia.
by case: (t (m s)); case: (s (m t)); rewrite /fc; lia.
Qed.

Lemma rest_top i : rest (None, [ffun=> false]) i = if i == ord_max then 2 else 0.
Proof. by rewrite /rest /= /empty eqxx ffunE add0r. Qed.

Lemma size_empty : size_of [ffun=> false] = 0.
Proof. by apply: big1 => i _; rewrite ffunE. Qed.

Lemma cost_to_top b t : rest_cost (Some b, t) (None, [ffun=> false]) = size_of t - (t ord_max).*2%:Z.
Proof.
rewrite -[size_of t]subr0 -size_empty -rest_line; pose x i := (([ffun=> false] : S) i : nat)%:Z - (t i : nat)%:Z.
transitivity (\sum_i fc (x i + if i == ord_max then 2 else 0)).
  by apply: eq_bigr => i _; rewrite rest_top /rest /= /x ffunE; congr fc; case: (i == _); lia.
by rewrite bump /x ffunE; case: (t ord_max); rewrite /fc; lia.
Qed.

Lemma cost_from_top b t : rest_cost (None, [ffun=> false]) (Some b, t) = 2 - size_of t.
Proof.
rewrite -[size_of t]opprK opprK -[_ - size_of t]addrC -[- size_of t]add0r -size_empty -rest_line.
pose x i := (t i : nat)%:Z - (([ffun=> false] : S) i : nat)%:Z.
transitivity (\sum_i fc (x i + if i == ord_max then - 2 else 0)).
  by apply: eq_bigr => i _; rewrite rest_top /rest /= /x ffunE; congr fc; case: (i == _); lia.
by rewrite bump /x ffunE; case: (t ord_max); rewrite /fc; lia.
Qed.

Lemma cost_corner_to_top s : ~~ empty s -> rest_cost (None, s) (None, [ffun=> false]) =
  size_of s - 2 + (if m s == ord_max then 2 else - (s ord_max).*2%:Z).
Proof.
move=> s0; rewrite -[size_of s]subr0 -size_empty -rest_line.
pose x i := (([ffun=> false] : S) i : nat)%:Z - (s i : nat)%:Z.
transitivity (\sum_i fc (x i + (if i == m s then 2 else 0) + (if i == ord_max then 2 else 0))).
  apply: eq_bigr => i _; rewrite rest_top /rest /= (negbTE s0) /x ffunE; congr fc.
  by case: (i == m s); case: (i == ord_max); lia.
rewrite (bump ord_max (fun i => x i + (if i == m s then 2 else 0))) bump /x !ffunE eq_sym.
have := m_in s0; case: (m s =P ord_max) => [->|_] ->; first by rewrite /fc; lia.
by case: (s ord_max); rewrite /fc; lia.
Qed.

Lemma cost_top_to_corner s : ~~ empty s -> m s != ord_max ->
  rest_cost (None, [ffun=> false]) (None, s) = 4 - size_of s.
Proof.
move=> s0 nm; rewrite -[4 - _]addrC -[- size_of s]add0r -size_empty -rest_line.
pose x i := (s i : nat)%:Z - (([ffun=> false] : S) i : nat)%:Z.
transitivity (\sum_i fc (x i + (if i == m s then - 2 else 0) + (if i == ord_max then - 2 else 0))).
  apply: eq_bigr => i _; rewrite rest_top /rest /= (negbTE s0) /x ffunE; congr fc.
  by case: (i == m s); case: (i == ord_max); lia.
rewrite (bump ord_max (fun i => x i + (if i == m s then - 2 else 0))) bump /x !ffunE (m_in s0) eq_sym (negbTE nm).
by case: (s ord_max); rewrite /fc; lia.
Qed.

Lemma size_bit t i : (t i : nat)%:Z <= size_of t.
Proof.
by rewrite /size_of (bigD1 i) //= ler_addl; apply: sumr_ge0 => j _; case: (t j).
Qed.

Lemma size_gt0 s : ~~ empty s -> 1 <= size_of s.
Proof. by move=> /m_in sm; have := size_bit s (m s); rewrite sm. Qed.

Lemma top_alone s : m s = ord_max -> size_of s <= 1.
Proof.
move=> e; rewrite /size_of (bigD1 ord_max) //= big1 => [|i ni]; first by case: (s _).
case si: (s i) => //; case/negP: ni; apply/eqP/val_inj/eqP; rewrite /= eqn_leq -ltnS ltn_ord /=.
by have := m_least si; rewrite e.
Qed.

Lemma least_differ s t : m s != m t -> t (m s) -> s (m t) -> False.
Proof.
move=> ne h1 h2; case/eqP: ne; apply/val_inj/eqP.
by rewrite eqn_leq (m_least h1) (m_least h2).
Qed.

Definition close x y := fc (first y - first x) + rest_cost x y <= 0.

Lemma close_corner b s t : close (None, s) (Some b, t) \/ close (Some b, t) (None, s).
Proof.
have [/eqP ->|s0] := boolP (empty s); rewrite /close.
  rewrite cost_from_top cost_to_top /first /= /empty eqxx size_empty.
  have := size_bit t ord_max; move: (size_of t) => n; case: (t _); case: b; rewrite /fc; lia.
rewrite (cost_from_corner b t s0) (cost_to_corner b t s0) /first /= (negbTE s0).
have := size_gt0 s0; have := size_bit t (m s); move: (size_of t) (size_of s) => n n'.
by case: (t _); case: b; rewrite /fc; lia.
Qed.

Lemma close_top s : ~~ empty s -> close (None, s) (None, [ffun=> false]) \/ close (None, [ffun=> false]) (None, s).
Proof.
move=> s0; rewrite /close cost_corner_to_top // /first /= (negbTE s0) /empty eqxx size_empty.
have := size_gt0 s0; have [e|ne] := eqVneq (m s) ord_max.
  by have := top_alone e; move: (size_of s) (rest_cost _ _) => n c; rewrite /fc; lia.
rewrite (cost_top_to_corner s0 ne); move: (size_of s) => n.
by case: (s ord_max); rewrite /fc; lia.
Qed.

Lemma close_pair x y : x != y -> close x y \/ close y x.
Proof.
case: x y => [[a|] s] [[b|] t] xy.
- by rewrite /close !cost_line /first /=; move: (size_of s) (size_of t) => n n'; case: a {xy}; case: b;
    rewrite /fc; lia.
- by case: (close_corner a t s); [right | left].
- exact: close_corner.
have [/eqP es|s0] := boolP (empty s).
  rewrite es; case: (@close_top t); [|by right|by left].
  by apply: contra xy => /eqP ->; rewrite es.
have [/eqP ->|t0] := boolP (empty t); first exact: close_top.
rewrite /close (cost_corners s0 t0) (cost_corners t0 s0) /first /= (negbTE s0) (negbTE t0) [m t == _]eq_sym.
have := @least_differ s t; have := size_gt0 s0; have := size_gt0 t0; move: (size_of s) (size_of t) => n n'.
case: (m s == m t); first by rewrite /fc; lia.
by case: (t (m s)); case: (s (m t)) => h1 h2 h3; [case: (h3 isT isT isT) | | |]; rewrite /fc; lia.
Qed.

Lemma sum_exponent x y : cost (fun j => exponent y j - exponent x j) = fc (first y - first x) + rest_cost x y.
Proof.
rewrite /cost big_ord_recl /exponent unlift_none; congr (_ + _).
by apply: eq_bigr => i _; rewrite liftK.
Qed.

Lemma even_exponent x : ~~ odd `|(\sum_j exponent x j)%R|%N.
Proof.
have bit b (v : int) : \sum_(i < l.+1) (if i == b then v else 0) = v by rewrite -big_mkcond big_pred1_eq.
have -> : \sum_j exponent x j = first x + \sum_i rest x i.
  by rewrite big_ord_recl /exponent unlift_none; congr (_ + _); apply: eq_bigr => i _; rewrite liftK.
rewrite big_split /= -/(size_of x.2) /first; case: x => [[b|] s] /=.
  by rewrite big1 //; move: (size_of s) => n; case: b; lia.
by case: (empty s); rewrite bit; move: (size_of s) => n; lia.
Qed.

Lemma exponent_differ x y : x != y -> exists j, exponent y j - exponent x j != 0.
Proof.
move=> xy; apply/existsP; apply: contraR xy; rewrite negb_exists => /forallP h.
have e j : exponent y j = exponent x j by have := h j; rewrite negbK subr_eq0 => /eqP.
have e0 : first y = first x by have := e ord0; rewrite /exponent unlift_none.
have er i : rest y i = rest x i by have := e (lift ord0 i); rewrite /exponent liftK.
have st : x.2 = y.2.
  apply/ffunP => i; have := er i; rewrite /rest.
  by case: (x.1) (y.1) => [?|] [?|]; case: (empty x.2); case: (empty y.2); case: (i == ord_max);
    case: (i == m x.2); case: (i == m y.2); case: (x.2 i); case: (y.2 i).
move: e0 er st; case: x {h e} => [a s]; case: y => [b t] /= e0 er st; rewrite -{t}st in e0 er *.
have := er ord_max; have := er (m s); rewrite /rest /= !eqxx; move: e0 {er}; rewrite /first /=.
move: (@m_in s); case: (empty s) => [_|/(_ isT) ->]; move: (size_of s) => n;
  by case: a b => [[]|] [[]|]; rewrite ?eqxx //; lia.
Qed.

End Family.

Theorem at_least (C : numClosedFieldType) k (I : finType) (q : I -> C) (xi : I -> 'I_k -> C) :
  (1 < k)%N -> design q xi -> (3 * 2 ^ k.-1 <= #|I|)%N.
Proof.
case: k xi => [|[|l]] // xi _ D.
have least (s : {ffun 'I_l.+1 -> bool}) : exists i : 'I_l.+1, (~~ empty s -> s i) /\ forall j, s j -> (i <= j)%N.
  have [i0 si0|s0] := pickP s; last by exists ord0; split=> //; case/negP; apply/eqP/ffunP => i; rewrite s0 ffunE.
  by case: (arg_minnP (fun i : 'I_l.+1 => nat_of_ord i) si0) => i si hi; exists i.
have [m hm] := fin_all_exists least.
have m_in s : ~~ empty s -> s (m s) by case: (hm s).
have m_least (s : {ffun 'I_l.+1 -> bool}) i : s i -> (m s <= i)%N by case: (hm s) => _; apply.
have -> : (3 * 2 ^ l.+1)%N = #|[finType of option bool * {ffun 'I_l.+1 -> bool}]|.
  by rewrite card_prod card_option card_bool card_ffun card_bool card_ord.
apply: (clique_bound D (e := exponent m)) => x y xy.
have ev x' y' : ~~ odd `|(\sum_j (exponent m y' j - exponent m x' j))%R|%N.
  by rewrite sumrB; have := even_exponent m x'; have := even_exponent m y'; lia.
have [h|h] := close_pair m_in m_least xy; last first.
  by apply: (unwanted D); [rewrite sum_exponent | apply: ev | apply: exponent_differ; rewrite // eq_sym].
have : moment q xi (fun j => exponent m y j - exponent m x j) = 0.
  by apply: (unwanted D); [rewrite sum_exponent | apply: ev | apply: exponent_differ].
move=> /(congr1 (fun z => z^*)); rewrite rmorph0 -(moment_conj D) => <-.
by apply: eq_bigr => i _; congr (_ * _); apply: eq_bigr => j _; rewrite opprB.
Qed.
