(* Equality in Correlation.v is the d'Alembert equation p u(x) v(y) = C(y - x) + D(x + y).  On Z_p its solutions are  *)
(* waves of one frequency: summed against characters, C lives on the antidiagonal and D on the diagonal, so that      *)
(* hat u(z) hat v(y) = 0 unless z = y or z = 1/y.  A frequency is a p-th root of unity z; its wave is x -> z^x.       *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import cyclic cyclotomic.
From mathcomp Require Import ring.
From FourierMargin Require Import Statement Correlation Multilinear UpperBound RootsOfUnity Construction.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Waves.
Variables (R : rcfType) (C : numClosedFieldType) (toC : {rmorphism R -> C}).
Hypothesis toC_conj : forall x, (toC x)^* = toC x.
Variable p : nat.
Hypotheses (p_gt2 : (2 < p)%N) (p_odd : odd p).
Variable omega : C.
Hypothesis h_omega : p.-primitive_root omega.
Notation n := (p%:R : C).
Implicit Types (u v f : Z_ p -> R) (y z : C).

Let p_gt1 : (1 < p)%N. Proof. exact: ltnW. Qed.
Let n_neq0 : n != 0. Proof. by rewrite pnatr_eq0 -lt0n ltnW. Qed.

Definition hat f z : C := \sum_(x : Z_ p) toC (f x) * z ^+ nat_of_ord x.

Lemma sum_wave z : z ^+ p = 1 -> \sum_(x : Z_ p) z ^+ nat_of_ord x = (z == 1)%:R * n.
Proof. exact: sum_chi. Qed.

Lemma root_neq0 z : z ^+ p = 1 -> z != 0.
Proof.
by move=> zp; apply: contra_eq_neq zp => ->; rewrite expr0n gtn_eqF ?(ltnW p_gt1) // eq_sym oner_neq0.
Qed.

Lemma rootV z : z ^+ p = 1 -> z^-1 ^+ p = 1. Proof. by move=> zp; rewrite exprVn zp invr1. Qed.
Lemma rootM z y : z ^+ p = 1 -> y ^+ p = 1 -> (z * y) ^+ p = 1.
Proof. by move=> zp yp; rewrite exprMn zp yp mulr1. Qed.

Lemma root_conj z : z ^+ p = 1 -> z^* = z^-1.
Proof.
move=> zp; have z1 : `|z| = 1.
  by apply/eqP; rewrite -(@pexpr_eq1 _ _ p) ?(ltnW p_gt1) // -normrX zp normr1.
by apply: (mulfI (root_neq0 zp)); rewrite -normCK z1 expr1n mulfV ?root_neq0.
Qed.

(* p is odd: no root but 1 is its own inverse. *)
Lemma root_neqV z : z ^+ p = 1 -> z != 1 -> z != z^-1.
Proof.
move=> zp z1; apply: contra z1 => /eqP e.
have z2 : z ^+ 2 = 1 by rewrite expr2 {2}e mulfV ?root_neq0.
by move: zp; rewrite -[p]odd_double_half p_odd -mul2n exprD exprM z2 expr1n mulr1 expr1 => ->.
Qed.

Lemma dalembert u v z y :
  (forall a b, #|Z_ p|%:R * (u a * v b) = corr u v (b - a) + conv u v (a + b)) ->
  z ^+ p = 1 -> y ^+ p = 1 -> z * y != 1 -> z != y -> hat u z * hat v y = 0.
Proof.
move=> e zp yp zy1 zy; have zyp := rootM zp yp; have zVyp := rootM zp (rootV yp).
have zVy1 : z / y != 1 by apply: contra zy => /eqP h; rewrite -[z](divfK (root_neq0 yp)) h mul1r.
have shift (F : Z_ p -> C) h : \sum_b F b = \sum_d F (d + h) by rewrite [LHS](reindex_inj (addIr h)).
have S1 : \sum_(a : Z_ p) \sum_(b : Z_ p) toC (corr u v (b - a)) * (z ^+ nat_of_ord a * y ^+ nat_of_ord b) = 0.
  transitivity (\sum_(a : Z_ p) \sum_(d : Z_ p) toC (corr u v d) * y ^+ nat_of_ord d * (z * y) ^+ nat_of_ord a).
    apply: eq_bigr => a _; rewrite [LHS](reindex_inj (addrI a)) /=; apply: eq_bigr => d _.
    rewrite (addrAC a) subrr add0r (chiD p_gt2 yp) exprMn -!mulrA; congr (_ * _).
    by rewrite mulrA [RHS]mulrC.
  rewrite exchange_big big1 // => d _.
  by rewrite -mulr_sumr sum_wave // (negbTE zy1) mul0r mulr0.
have S2 : \sum_(a : Z_ p) \sum_(b : Z_ p) toC (conv u v (a + b)) * (z ^+ nat_of_ord a * y ^+ nat_of_ord b) = 0.
  transitivity (\sum_(a : Z_ p) \sum_(d : Z_ p) toC (conv u v d) * y ^+ nat_of_ord d * (z / y) ^+ nat_of_ord a).
    apply: eq_bigr => a _; rewrite (shift _ (- a)); apply: eq_bigr => d _.
    rewrite addrCA subrr addr0 (chiD p_gt2 yp) (chiN p_gt2 yp) exprMn exprVn -!mulrA; congr (_ * _).
    by rewrite mulrCA.
  rewrite exchange_big big1 // => d _.
  by rewrite -mulr_sumr sum_wave // (negbTE zVy1) mul0r mulr0.
have h : #|Z_ p|%:R * (hat u z * hat v y) = 0.
  rewrite -[RHS]addr0 -[X in _ = X + _]S1 -[X in _ = _ + X]S2 -big_split /hat big_distrlr mulr_sumr /=.
  apply: eq_bigr => a _; rewrite -big_split mulr_sumr /=; apply: eq_bigr => b _.
  by rewrite -mulrDl -rmorphD -e !rmorphM rmorph_nat mulrACA !mulrA.
by move/eqP: h; rewrite mulf_eq0 pnatr_eq0 card_Zp_ // gtn_eqF ?(ltnW p_gt1) //= => /eqP.
Qed.

(* Fourier inversion. *)
Lemma inversion f x :
  n * toC (f x) = \sum_(i < p) hat f (omega ^+ i) * ((omega ^+ i) ^+ nat_of_ord x)^-1.
Proof.
have op := prim_expr_order h_omega.
have oi i : (omega ^+ i) ^+ p = 1 by rewrite exprAC op expr1n.
transitivity (\sum_(y : Z_ p) toC (f y) * \sum_(i < p) (omega ^+ nat_of_ord (y - x)) ^+ i).
  rewrite (bigD1 x) // subrr sum_powers ?oi // expr0 eqxx mul1r big1 => [|y yx]; first by rewrite /= addr0 mulrC.
  rewrite sum_powers ?oi // -(prim_order_dvd h_omega) gtnNdvd ?mul0r ?mulr0 //.
    by rewrite lt0n; apply: contra yx => /eqP h; rewrite -subr_eq0; apply/eqP/val_inj.
  by have := ltn_ord (y - x); rewrite [X in (_ < X)%N](Zp_p p_gt2).
under eq_bigr do rewrite mulr_sumr.
rewrite exchange_big; apply: eq_bigr => i _; rewrite mulr_suml; apply: eq_bigr => y _.
by rewrite exprAC (chiD p_gt2 (oi _)) (chiN p_gt2 (oi _)) mulrA.
Qed.

Lemma hat_conj f z : z ^+ p = 1 -> (hat f z)^* = hat f z^-1.
Proof.
move=> zp; rewrite rmorph_sum; apply: eq_bigr => x _.
by rewrite rmorphM rmorphX /= (root_conj zp); congr (_ * _); exact: toC_conj.
Qed.

Lemma hat_eq0V f z : z ^+ p = 1 -> (hat f z^-1 == 0) = (hat f z == 0).
Proof. by move=> zp; rewrite -hat_conj // conjC_eq0. Qed.

(* Functions that live on one frequency. *)
Definition wave z f := forall y, y ^+ p = 1 -> hat f y != 0 -> y = z \/ y = z^-1.

Lemma hat_nonzero f x : f x != 0 -> exists2 z, z ^+ p = 1 & hat f z != 0.
Proof.
move=> fx; have op := prim_expr_order h_omega.
have : [exists i : 'I_p, hat f (omega ^+ i) != 0].
  apply: contraR fx => /existsPn h; rewrite -(fmorph_eq0 toC) -(mulrI_eq0 _ (mulfI n_neq0)) inversion.
  by rewrite big1 // => i _; have := h i; rewrite negbK => /eqP ->; rewrite mul0r.
by case/existsP => i hi; exists (omega ^+ i); rewrite // exprAC op expr1n.
Qed.

Lemma wave_form z f x : z ^+ p = 1 -> z != 1 -> wave z f ->
  n * toC (f x) = hat f z^-1 * z ^+ nat_of_ord x + (hat f z^-1 * z ^+ nat_of_ord x)^*.
Proof.
move=> zp z1 wf; rewrite rmorphM rmorphX /= (root_conj zp) (hat_conj _ (rootV zp)) invrK.
have [a ea] := prim_rootP h_omega zp; have [b eb] := prim_rootP h_omega (rootV zp).
have ab : b != a by apply: contraTneq (root_neqV zp z1) => e; rewrite negbK eb e -ea.
rewrite inversion (bigD1 b) //= (bigD1 a) 1?eq_sym //= -ea -eb big1 ?addr0 => [|i /andP[ib ia]].
  by rewrite -exprVn invrK -exprVn.
have oi : (omega ^+ i) ^+ p = 1 by rewrite exprAC (prim_expr_order h_omega) expr1n.
have [->|/(wf _ oi)] := eqVneq (hat f (omega ^+ i)) 0; first by rewrite mul0r.
have inj (a' b' : 'I_p) : omega ^+ a' = omega ^+ b' -> a' = b'.
  by move/eqP; rewrite (eq_prim_root_expr h_omega) !modn_small ?ltn_ord // => /eqP/val_inj.
by case=> e; [case/eqP: ia | case/eqP: ib]; apply: inj; rewrite e.
Qed.

(* Correlation multiplies transforms. *)
Lemma hat_corr u v y : y ^+ p = 1 -> hat (corr u v) y = hat u y^-1 * hat v y.
Proof.
move=> yp; rewrite /hat big_distrlr /=.
transitivity (\sum_(c : Z_ p) \sum_(x : Z_ p) toC (u x * v (x + c)) * y ^+ nat_of_ord c).
  by apply: eq_bigr => c _; rewrite rmorph_sum mulr_suml.
rewrite exchange_big; apply: eq_bigr => x _ /=.
rewrite [RHS](reindex_inj (addrI x)) /=; apply: eq_bigr => c _.
rewrite rmorphM (chiD p_gt2 yp) -!mulrA; congr (_ * _).
by rewrite [RHS]mulrCA exprVn mulKf ?expf_neq0 ?root_neq0.
Qed.

Lemma hat_contract k (u : 'I_k -> Z_ p -> R) v y : y ^+ p = 1 ->
  hat (contract u v) y = (\prod_j hat (u j) y^-1) * hat v y.
Proof.
move=> yp; elim: k u => [|k IH] u.
  by rewrite big_ord0 mul1r; apply: eq_bigr => x _; rewrite contract0.
rewrite big_ord_recl -mulrA -IH -hat_corr //.
by apply: eq_bigr => x _; rewrite contractS.
Qed.

End Waves.
