(* On a finite abelian group without elements of order two, correlating with a function of sum zero shrinks a         *)
(* function by half the group, not only by all of it:                                                                 *)
(*     2 sum_c C(c)^2 <= |G| sum_x u(x)^2 sum_x v(x)^2,      C(c) = sum_x u(x) v(x+c),      sum_x v(x) = 0.           *)
(* What is lost is a sum of squares, which corr_gap names.  This is the heart of the upper bound, and the only place  *)
(* where something has to be thought of; Fourier analysis is not needed.                                              *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Correlation.
Variables (R : rcfType) (G : finZmodType).
Implicit Types u v : G -> R.

Lemma sum_shift (F : G -> R) h : \sum_x F (x + h) = \sum_x F x.
Proof. by rewrite [RHS](reindex_inj (addIr h)). Qed.

Lemma sum_shiftl (F : G -> R) h : \sum_x F (h + x) = \sum_x F x.
Proof. by rewrite [RHS](reindex_inj (addrI h)). Qed.

Lemma sum_const (x : R) : \sum_(c : G) x = #|G|%:R * x.
Proof. by rewrite sumr_const mulr_natl. Qed.

Lemma order_gt0 : 0 < #|G|%:R :> R.
Proof. by rewrite ltr0n; apply/card_gt0P; exists 0. Qed.

Definition corr u v c := \sum_x u x * v (x + c).
Definition conv u v c := \sum_x u x * v (c - x).

Lemma sum_corr u v : \sum_x v x = 0 -> \sum_c corr u v c = 0.
Proof.
move=> v0; rewrite exchange_big big1 // => x _.
by rewrite -mulr_sumr sum_shiftl v0 mulr0.
Qed.

(* Correlation and convolution have the same sum of squares. *)
Lemma norm_conv u v : \sum_c conv u v c ^+ 2 = \sum_c corr u v c ^+ 2.
Proof.
have E (H : G -> G -> R) : \sum_c (\sum_x u x * H x c) ^+ 2
    = \sum_x \sum_y u x * u y * \sum_c H x c * H y c.
  transitivity (\sum_c \sum_x \sum_y u x * u y * (H x c * H y c)).
    apply: eq_bigr => c _; rewrite expr2 big_distrlr.
    by apply: eq_bigr => x _; apply: eq_bigr => y _ /=; rewrite mulrACA.
  rewrite exchange_big; apply: eq_bigr => x _.
  rewrite exchange_big; apply: eq_bigr => y _.
  by rewrite mulr_sumr.
rewrite /conv /corr !(E (fun x c => v _)).
apply: eq_bigr => x _; apply: eq_bigr => y _; congr (_ * _).
rewrite -[LHS](sum_shift _ (x + y)); apply: eq_bigr => c _.
by rewrite mulrC; congr (v _ * v _); [rewrite addrA addrK addrC | rewrite (addrC x) addrA addrK addrC].
Qed.

(* The table n u(x) v(y) less its two shadows, for any group: the cross term is left as it is. *)
Lemma corr_square u v :
  \sum_x \sum_y (#|G|%:R * (u x * v y) - corr u v (y - x) - conv u v (x + y)) ^+ 2
    = #|G|%:R * (#|G|%:R * ((\sum_x u x ^+ 2) * (\sum_x v x ^+ 2)) - 2 * (\sum_c corr u v c ^+ 2))
      + 2 * (\sum_x \sum_y corr u v (y - x) * conv u v (x + y)).
Proof.
set n := #|G|%:R : R.
set P := \sum_c corr u v c ^+ 2.
pose F x y := u x * v y.
have [EF EC ED] : [/\ \sum_x \sum_y F x y ^+ 2 = (\sum_x u x ^+ 2) * (\sum_x v x ^+ 2),
    \sum_x \sum_y corr u v (y - x) ^+ 2 = n * P & \sum_x \sum_y conv u v (x + y) ^+ 2 = n * P].
  split.
  - by rewrite big_distrlr; apply: eq_bigr => x _; apply: eq_bigr => y _ /=; rewrite exprMn.
  - transitivity (\sum_(x : G) P); last exact: sum_const.
    by apply: eq_bigr => x _; rewrite (sum_shift (fun c => corr u v c ^+ 2)).
  - transitivity (\sum_(x : G) P); last exact: sum_const.
    by apply: eq_bigr => x _; rewrite (sum_shiftl (fun c => conv u v c ^+ 2)) norm_conv.
have FC : \sum_x \sum_y F x y * corr u v (y - x) = P.
  transitivity (\sum_x \sum_d u x * v (x + d) * corr u v d).
    apply: eq_bigr => x _; rewrite -(sum_shiftl _ x); apply: eq_bigr => d _.
    by rewrite (addrAC x d) subrr add0r.
  rewrite exchange_big; apply: eq_bigr => d _.
  by rewrite -mulr_suml expr2.
have FD : \sum_x \sum_y F x y * conv u v (x + y) = P.
  transitivity (\sum_x \sum_d u x * v (d - x) * conv u v d).
    apply: eq_bigr => x _; rewrite -[LHS](sum_shift _ (- x)); apply: eq_bigr => d _.
    by rewrite (addrC x) subrK.
  rewrite exchange_big /P -norm_conv; apply: eq_bigr => d _.
  by rewrite -mulr_suml expr2.
transitivity (n ^+ 2 * (\sum_x \sum_y F x y ^+ 2)
   + (\sum_x \sum_y corr u v (y - x) ^+ 2) + (\sum_x \sum_y conv u v (x + y) ^+ 2)
   - 2 * n * (\sum_x \sum_y F x y * corr u v (y - x)) - 2 * n * (\sum_x \sum_y F x y * conv u v (x + y))
   + 2 * (\sum_x \sum_y corr u v (y - x) * conv u v (x + y))).
  do 6![rewrite mulr_sumr || idtac].
  rewrite -!sumrN -!big_split /=; apply: eq_bigr => x _.
  rewrite !mulr_sumr -!sumrN -!big_split /=; apply: eq_bigr => y _.
  by rewrite /F; ring.
rewrite EF EC ED FC FD.
by ring.
Qed.

Hypothesis odd_G : forall x : G, x + x = 0 -> x = 0.

(* (x, y) -> (y - x, x + y) is a bijection, because doubling is. *)
Lemma difference_sum_inj : injective (fun z : G * G => (z.2 - z.1, z.1 + z.2)).
Proof.
move=> [x y] [x' y'] /= [e1 e2].
have e3 : y = y'.
  apply/eqP; rewrite -subr_eq0; apply/eqP/odd_G.
  have -> : y - y' + (y - y') = (y - x + (x + y)) - (y' - x' + (x' + y')).
    by rewrite !addrA !subrK opprD !addrA [y - y' + y]addrAC.
  by rewrite e1 e2 subrr.
by move: e2; rewrite e3 => /addIr ->.
Qed.

(* Functions of the difference are orthogonal to functions of the sum, once the former add up to zero. *)
Lemma corr_conv_orthogonal u v : \sum_x v x = 0 -> \sum_x \sum_y corr u v (y - x) * conv u v (x + y) = 0.
Proof.
move=> v0; rewrite pair_big /=.
transitivity (\sum_(z : G * G) corr u v z.1 * conv u v z.2).
  by rewrite [RHS](reindex_inj difference_sum_inj).
rewrite -(pair_big xpredT xpredT (fun c d => corr u v c * conv u v d)) /=.
by rewrite -big_distrlr /= sum_corr // mul0r.
Qed.

Lemma corr_gap u v : \sum_x v x = 0 ->
  \sum_x \sum_y (#|G|%:R * (u x * v y) - corr u v (y - x) - conv u v (x + y)) ^+ 2
    = #|G|%:R * (#|G|%:R * ((\sum_x u x ^+ 2) * (\sum_x v x ^+ 2)) - 2 * (\sum_c corr u v c ^+ 2)).
Proof. by move=> v0; rewrite corr_square corr_conv_orthogonal // mulr0 addr0. Qed.

Lemma corr_bound u v : \sum_x v x = 0 ->
  2 * (\sum_c corr u v c ^+ 2) <= #|G|%:R * ((\sum_x u x ^+ 2) * (\sum_x v x ^+ 2)).
Proof.
move=> v0; rewrite -subr_ge0 -(pmulr_rge0 _ order_gt0) -(corr_gap u v0).
by apply: sumr_ge0 => x _; apply: sumr_ge0 => y _; apply: sqr_ge0.
Qed.

(* Equality: a d'Alembert equation, which Waves.v solves. *)
Lemma corr_equality u v : \sum_x v x = 0 ->
  2 * (\sum_c corr u v c ^+ 2) = #|G|%:R * ((\sum_x u x ^+ 2) * (\sum_x v x ^+ 2)) ->
  forall x y, #|G|%:R * (u x * v y) = corr u v (y - x) + conv u v (x + y).
Proof.
move=> v0 e; have := corr_gap u v0; rewrite e subrr mulr0 => /eqP.
rewrite psumr_eq0 => [/allP h x y|x _]; last by apply: sumr_ge0 => y _; apply: sqr_ge0.
have /eqP := implyP (h x (mem_index_enum x)) isT.
move=> /eqP; rewrite psumr_eq0 => [/allP h' |z _]; last exact: sqr_ge0.
have /eqP/eqP := implyP (h' y (mem_index_enum y)) isT.
by rewrite sqrf_eq0 -addrA -opprD subr_eq0 => /eqP.
Qed.

End Correlation.

Lemma cauchy (R : rcfType) (I : finType) (f g : I -> R) :
  (\sum_x f x * g x) ^+ 2 <= (\sum_x f x ^+ 2) * (\sum_x g x ^+ 2).
Proof.
have : 0 <= \sum_x \sum_y (f x * g y - f y * g x) ^+ 2.
  by apply: sumr_ge0 => x _; apply: sumr_ge0 => y _; apply: sqr_ge0.
have -> : \sum_x \sum_y (f x * g y - f y * g x) ^+ 2
    = \sum_x \sum_y (f x ^+ 2 * g y ^+ 2) + \sum_x \sum_y (g x ^+ 2 * f y ^+ 2)
      - 2 * (\sum_x \sum_y (f x * g x) * (f y * g y)).
  rewrite mulr_sumr -!sumrN -!big_split /=; apply: eq_bigr => x _.
  rewrite mulr_sumr -!sumrN -!big_split /=; apply: eq_bigr => y _.
  by ring.
rewrite -!big_distrlr /= -expr2 [X in _ + X - _]mulrC -mulr2n -mulr_natl -mulrBr.
by rewrite pmulr_rge0 ?ltr0n // subr_ge0.
Qed.
