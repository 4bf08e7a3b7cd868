(* The dual inequality: for points t_i on the torus with weights q_i, and any integers v_h,                           *)
(*     (sum_h v_h)^2 sum_i q_i^2 <= sum_{h,g} v_h v_g |M(h-g)|^2,                                                     *)
(* since the right side is the sum over pairs of points of q_r q_s |sum_h v_h (t_r / t_s)^h|^2 and the left side is   *)
(* its diagonal.  Where the moments M(h-g) vanish, many points are needed.                                            *)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra all_fingroup.
From mathcomp Require Import ssrZ zify ring.
From FourierMargin Require Import Statement Checker.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Moments.
Variables (C : numClosedFieldType) (k : nat) (I : finType).

Definition ints (m : exponent) (j : 'I_k) : int := int_of_Z (nth 0 m j).

Definition ZtoC (z : Z) : C := (int_of_Z z)%:~R.
Notation zc := ZtoC.

Definition char (t : 'I_k -> C) (m : exponent) : C := \prod_(j < k) t j ^ int_of_Z (nth 0 m j).
Definition momentZ (q : I -> C) (t : I -> 'I_k -> C) (m : exponent) : C := \sum_i q i * char (t i) m.

Lemma zcM a b : zc (a * b) = zc a * zc b. Proof. by rewrite /ZtoC rmorphM intrM. Qed.
Lemma zcD a b : zc (a + b) = zc a + zc b. Proof. by rewrite /ZtoC rmorphD intrD. Qed.
Lemma zc0 : zc 0 = 0. Proof. by []. Qed.
Lemma zc_real a : (zc a)^* = zc a. Proof. by rewrite /ZtoC rmorph_int. Qed.

Lemma zc_ge0 a : Z.leb 0 a -> 0 <= zc a.
Proof. by case: a => [|a|a] //= _; rewrite /ZtoC ler0z. Qed.

Lemma zc_le a b : Z.leb a b -> zc a <= zc b.
Proof.
move=> h; have -> : b = a + (b - a) by rewrite addrC subrK.
rewrite zcD -[X in X <= _]addr0 ler_add2l; apply: zc_ge0.
by move: h; rewrite /GRing.add /GRing.opp /=; lia.
Qed.

Lemma norm1_exprz (x : C) z : `|x| = 1 -> `|x ^ z| = 1.
Proof. by move=> x1; case: z => n; rewrite /exprz ?normfV normrX x1 expr1n ?invr1. Qed.

Section Inequality.
Variables (q : I -> C) (t : I -> 'I_k -> C).
Hypotheses (q_ge0 : forall i, 0 <= q i) (t_unit : forall i j, `|t i j| = 1).

Lemma t_neq0 i j : t i j != 0. Proof. by rewrite -normr_eq0 t_unit oner_eq0. Qed.

Lemma char_norm i m : `|char (t i) m| = 1.
Proof. by rewrite normr_prod big1 // => j _; apply: norm1_exprz. Qed.

Lemma char_conj i m : char (t i) m * (char (t i) m)^* = 1.
Proof. by rewrite -normCK char_norm expr1n. Qed.

Lemma char_sub i m n : char (t i) (sub k m n) = char (t i) m * (char (t i) n)^*.
Proof.
have -> : (char (t i) n)^* = \prod_(j < k) (t i j ^ (- int_of_Z (nth 0 n j))).
  rewrite -[LHS]mul1r -[X in X * _ = _](_ : (\prod_(j < k) (t i j ^ (- int_of_Z (nth 0 n j)))) * char (t i) n = 1).
    by rewrite -mulrA char_conj mulr1.
  rewrite /char -big_split big1 //= => j _.
  by rewrite -expfzDr ?t_neq0 // addNr expr0z.
rewrite /char -big_split; apply: eq_bigr => j _ /=.
by rewrite nth_mkseq // rmorphB expfzDr ?t_neq0.
Qed.

Lemma q_conj i : (q i)^* = q i. Proof. exact/CrealP/ger0_real/q_ge0. Qed.

Lemma moment_norm m : \sum_r \sum_s (q r * q s) * (char (t r) m * (char (t s) m)^*) = `|momentZ q t m| ^+ 2.
Proof.
rewrite normCK /momentZ rmorph_sum big_distrlr; apply: eq_bigr => r _; apply: eq_bigr => s _ /=.
by rewrite rmorphM q_conj mulrACA.
Qed.

Lemma main_inequality (v : seq (exponent * Z)) :
  (\sum_(h <- v) zc h.2) ^+ 2 * (\sum_r q r ^+ 2)
    <= \sum_(h <- v) \sum_(g <- v) zc (h.2 * g.2) * `|momentZ q t (sub k h.1 g.1)| ^+ 2.
Proof.
pose F r s := \sum_(h <- v) zc h.2 * (char (t r) h.1 * (char (t s) h.1)^*).
have -> : \sum_(h <- v) \sum_(g <- v) zc (h.2 * g.2) * `|momentZ q t (sub k h.1 g.1)| ^+ 2
    = \sum_r \sum_s (q r * q s) * `|F r s| ^+ 2.
  transitivity (\sum_(h <- v) \sum_(g <- v) \sum_r \sum_s (q r * q s)
      * (zc h.2 * (char (t r) h.1 * (char (t s) h.1)^*) * (zc g.2 * (char (t r) g.1 * (char (t s) g.1)^*))^* )).
    apply: eq_bigr => h _; apply: eq_bigr => g _; rewrite -moment_norm mulr_sumr; apply: eq_bigr => r _.
    rewrite mulr_sumr; apply: eq_bigr => s _; rewrite !char_sub zcM !rmorphM /= !conjCK zc_real.
    rewrite mulrCA; congr (_ * _); rewrite -!mulrA; congr (_ * _).
    set a := char _ h.1; set b := (char _ h.1)^*; set c := (char _ g.1)^*; set d := char _ g.1.
    by rewrite mulrCA; congr (_ * _); rewrite [RHS]mulrCA; congr (_ * _); rewrite mulrCA.
  under eq_bigr do rewrite exchange_big.
  rewrite exchange_big; apply: eq_bigr => r _ /=.
  under eq_bigr do rewrite exchange_big.
  rewrite exchange_big; apply: eq_bigr => s _ /=.
  rewrite normCK rmorph_sum big_distrlr mulr_sumr; apply: eq_bigr => h _ /=.
  by rewrite mulr_sumr.
rewrite mulr_sumr; apply: ler_sum => r _; rewrite (bigD1 r) //= -[X in X <= _]addr0 ler_add //.
  have -> : F r r = \sum_(h <- v) zc h.2 by apply: eq_bigr => h _; rewrite char_conj mulr1.
  rewrite mulrC expr2; set x := \sum_(h <- v) _.
  have xr : x^* = x by rewrite rmorph_sum; apply: eq_bigr => h _; apply: zc_real.
  by rewrite normCK xr expr2.
by apply: sumr_ge0 => s _; rewrite !mulr_ge0 ?exprn_ge0.
Qed.

End Inequality.
End Moments.
