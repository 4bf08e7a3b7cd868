(* The form of a neuron that reaches what its norm allows: one frequency z, one radius r, phases xi_j, and            *)
(*     u_j(x) = r (xi_j z^x + conjugate),      w(c) = r (xi_1 ... xi_k z^c + conjugate).                              *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import cyclic cyclotomic.
From mathcomp Require Import ring.
From FourierMargin Require Import Statement Correlation Multilinear UpperBound RootsOfUnity Construction Waves Equality.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Lemma phase_algebra (C : fieldType) (N M P o lam : C) : N != 0 -> M != 0 ->
  lam * (P * (N * o)) / N = lam * (N * M) * (o / N) * (P / M).
Proof. by move=> N0 M0; field; rewrite N0 M0. Qed.

Lemma size_algebra (C : fieldType) (r M b : C) : r != 0 -> M != 0 -> b = r * (M * b / (r * M)).
Proof. by move=> r0 M0; field; rewrite r0 M0. Qed.

Section Form.
Variables (R : rcfType) (C : numClosedFieldType) (toC : {rmorphism R -> C}).
Hypotheses (toC_conj : forall x, (toC x)^* = toC x) (toC_gt0 : forall x, 0 < x -> 0 < toC x).
Variable p : nat.
Hypotheses (p_gt2 : (2 < p)%N) (p_odd : odd p).
Variable omega : C.
Hypothesis h_omega : p.-primitive_root omega.
Notation hat := (hat toC).
Notation wave := (wave toC).
Notation n := (#|Z_ p|%:R : R).
Notation N := (p%:R : C).
Implicit Types (f h : Z_ p -> R) (y z : C).
Let p_gt1 : (1 < p)%N. Proof. exact: ltnW. Qed.
Let odd_G := odd_Zp p_gt2 p_odd.
Let N_gt0 : 0 < N. Proof. by rewrite ltr0n ltnW. Qed.
Let N_neq0 : N != 0. Proof. exact: lt0r_neq0. Qed.
Let nE : toC n = N. Proof. by rewrite rmorph_nat card_Zp_. Qed.

Lemma root_norm z : z ^+ p = 1 -> `|z| = 1.
Proof. by move=> zp; apply/eqP; rewrite -(@pexpr_eq1 _ _ p) ?(ltnW p_gt1) // -normrX zp normr1. Qed.

Definition amplitude f z : C := hat f z^-1 / N.

Lemma wave_amplitude z f x : z ^+ p = 1 -> z != 1 -> wave z f ->
  toC (f x) = amplitude f z * z ^+ nat_of_ord x + (amplitude f z * z ^+ nat_of_ord x)^*.
Proof.
move=> zp z1 wf; apply: (mulfI N_neq0); rewrite (wave_form toC_conj p_gt2 p_odd h_omega x zp z1 wf) mulrDr.
rewrite /amplitude !rmorphM /= fmorphV rmorph_nat.
move: (hat f z^-1) (hat f z^-1)^* => a b.
by congr (_ + _); rewrite -!mulrA [RHS]mulrCA mulVKf.
Qed.

Lemma wave_energy z f : z ^+ p = 1 -> z != 1 -> wave z f ->
  toC (\sum_x f x ^+ 2) = 2 * N * `|amplitude f z| ^+ 2.
Proof.
move=> zp z1 wf; set a := amplitude f z.
have z2 : z ^+ 2 != 1.
  apply: contra (root_neqV p_gt2 p_odd zp z1) => /eqP e; apply/eqP.
  by apply: (mulfI (root_neq0 p_gt2 zp)); rewrite -expr2 e mulfV ?(root_neq0 p_gt2 zp).
have zp2 : (z ^+ 2) ^+ p = 1 by rewrite exprAC zp expr1n.
have S : \sum_(x : Z_ p) (a * z ^+ nat_of_ord x) ^+ 2 = 0.
  transitivity (a ^+ 2 * \sum_(x : Z_ p) (z ^+ 2) ^+ nat_of_ord x).
    by rewrite mulr_sumr; apply: eq_bigr => x _; rewrite exprMn exprAC.
  by rewrite (sum_wave p_gt2 zp2) (negbTE z2) mul0r mulr0.
rewrite rmorph_sum /=.
transitivity (\sum_(x : Z_ p) ((a * z ^+ nat_of_ord x) ^+ 2 + ((a * z ^+ nat_of_ord x) ^+ 2)^* + 2 * `|a| ^+ 2)).
  apply: eq_bigr => x _; rewrite rmorphX /= (wave_amplitude _ zp z1 wf) -/a rmorphX /=.
  have <- : `|a * z ^+ nat_of_ord x| = `|a| by rewrite normrM normrX (root_norm zp) expr1n mulr1.
  by rewrite normCK; move: (_ * z ^+ _) (_ * z ^+ _)^* => b c; ring.
rewrite !big_split /= S -rmorph_sum /= S rmorph0 !add0r sumr_const card_Zp_ // -[_ *+ p]mulr_natl.
by rewrite mulrCA mulrA.
Qed.

Lemma hat_scale (c : R) f h y : (forall x, f x = c * h x) -> hat f y = toC c * hat h y.
Proof. by move=> e; rewrite /hat mulr_sumr; apply: eq_bigr => x _; rewrite e rmorphM mulrA. Qed.

(* The transform of a wave. *)
Lemma hat_wave r c y z f : y ^+ p = 1 -> z ^+ p = 1 ->
  (forall x, toC (f x) = r * (c * y ^+ nat_of_ord x + (c * y ^+ nat_of_ord x)^-1)) ->
  hat f z = N * r * (c * (y * z == 1)%:R + c^-1 * (y^-1 * z == 1)%:R).
Proof.
move=> yp zp e; transitivity (r * c * (\sum_(x : Z_ p) (y * z) ^+ nat_of_ord x)
    + r * c^-1 * (\sum_(x : Z_ p) (y^-1 * z) ^+ nat_of_ord x)).
  rewrite !mulr_sumr -big_split; apply: eq_bigr => x _ /=.
  by rewrite e !exprMn exprVn invfM mulrDr mulrDl !mulrA.
rewrite !sum_wave ?rootM ?rootV //; move: (_ == 1)%:R (_ == 1)%:R => a b; ring.
Qed.

Section Neuron.
Variables (l : nat) (t : neuron R (Z_ p) l.+2).
Notation k := l.+2.
Hypotheses (live : sqnorm t != 0) (best_t : total t = best t).
Notation rest := (fun j => inp t (lift ord0 j)).
Notation g := (contract rest (centred t)).

(* The first input is a positive multiple of the contraction of the others. *)
Lemma neuron_waves : exists z, [/\ z ^+ p = 1, z != 1, wave z (out t), forall j, wave z (inp t j)
  & exists2 lambda : R, 0 < lambda & forall x, inp t ord0 x = lambda * g x].
Proof.
have [eq_e o0 s0 T0 eT] := neuron_equalities p_gt2 p_odd live best_t.
have v0 := sum_centred t.
have V1 : 0 < \sum_c centred t c ^+ 2.
  by rewrite norm_centred s0 expr0n mulr0 subr0 mulr_gt0 ?exprn_gt0 ?order_gt0.
have E1 j : 0 < \sum_x inp t j x ^+ 2 by rewrite -/(energy t j) eq_e.
have TE : product t = \sum_x inp t ord0 x * g x.
  transitivity (contract (inp t) (centred t) 0); first by apply: eq_bigr => a _; rewrite add0r.
  by rewrite contractS; apply: eq_bigr => x _; rewrite addr0.
have h2 := contract_norm odd_G rest v0.
have P2 : 0 < 2 ^+ l.+1 :> R by rewrite exprn_gt0 ?ltr0n.
have h1 : 1 * product t ^+ 2 <= 1 * ((\sum_x inp t ord0 x ^+ 2) * (\sum_x g x ^+ 2)).
  by rewrite !mul1r TE cauchy.
have [|e1 e2] := tight ltr01 (E1 ord0) P2 h1 h2.
  by rewrite !mul1r eT /energy [\prod_(j < k) _]big_ord_recl -!mulrA.
have [z [zp wv wt]] := contract_equality toC p_gt2 p_odd h_omega v0 e2 (fun j => E1 _) V1.
have G0 : \sum_x g x ^+ 2 != 0.
  by apply: contraTneq T0 => G0; move: e1; rewrite G0 !mulr0 mul1r => /eqP; rewrite sqrf_eq0 => /eqP ->; rewrite ltxx.
have G1 : 0 < \sum_x g x ^+ 2 by rewrite lt_def G0; apply: sumr_ge0 => x _; apply: sqr_ge0.
rewrite !mul1r TE in e1; have prop := cauchy_equality e1 G0.
have vE y : y ^+ p = 1 -> hat (centred t) y = N * hat (out t) y.
  move=> yp; rewrite /hat mulr_sumr; apply: eq_bigr => x _.
  by rewrite /centred s0 subr0 rmorphM nE mulrA.
have z1 : z != 1.
  apply/eqP => z1; have [x hx] := nonzero_point (lt0r_neq0 V1).
  have [y yp hy] := hat_nonzero toC p_gt2 h_omega hx.
  have y1 : y = 1 by case: (wv _ yp hy) => ->; rewrite z1 ?invr1.
  case/eqP: hy; rewrite y1 /hat -[RHS](rmorph0 toC) -v0 rmorph_sum.
  by apply: eq_bigr => i _; rewrite expr1n mulr1.
exists z; split=> //.
- by move=> y yp hy; apply: wv => //; rewrite vE // mulf_neq0.
- move=> j; case: (unliftP ord0 j) => [i ->|->] // y yp.
  rewrite (hat_scale _ prop) mulf_eq0 negb_or => /andP[_].
  by rewrite hat_contract // mulf_eq0 negb_or => /andP[_ /(wv _ yp)].
by eexists; last exact: prop; rewrite -TE divr_gt0.
Qed.

(* Sizes are equal, and the output phase is the sum of the input phases. *)
Theorem neuron_form : exists (z r : C) (xi : 'I_k -> C),
  [/\ z ^+ p = 1, z != 1, 0 < r, forall j, `|xi j| = 1
    & (forall j x, toC (inp t j x) = r * (xi j * z ^+ nat_of_ord x + (xi j * z ^+ nat_of_ord x)^-1)) /\
      (forall x, toC (out t x) = r * ((\prod_j xi j) * z ^+ nat_of_ord x + ((\prod_j xi j) * z ^+ nat_of_ord x)^-1))].
Proof.
have [z [zp z1 wo wi [lambda lambda0 prop]]] := neuron_waves.
have [eq_e o0 s0 _ _] := neuron_equalities p_gt2 p_odd live best_t.
pose a j := amplitude (inp t j) z; pose b := amplitude (out t) z; pose r := `|b|.
have ar j : `|a j| = r.
  apply/eqP; rewrite /r /b /a -(eqr_expn2 (n := 2)) ?normr_ge0 //; apply/eqP.
  have d0 : 2 * N != 0 by apply: mulf_neq0; [rewrite pnatr_eq0 | exact: N_neq0].
  by apply: (mulfI d0); rewrite -!wave_energy //; congr (toC _); apply: eq_e.
have r0 : 0 < r.
  rewrite lt_def normr_ge0 andbT; apply: contraTneq o0 => b0.
  have := wave_energy zp z1 wo; rewrite -/b -/r b0 expr0n mulr0 => /eqP.
  by rewrite fmorph_eq0 => /eqP o0; rewrite /out_energy o0 ltxx.
have r1 : r != 0 by rewrite gt_eqF.
have phase : exists2 nu, 0 < nu & a ord0 = nu * b * \prod_j (a (lift ord0 j))^*.
  exists (toC lambda * N ^+ l.+2); first by rewrite mulr_gt0 ?exprn_gt0 ?toC_gt0.
  rewrite /a /amplitude (hat_scale _ prop) hat_contract ?rootV // invrK.
  have vE : hat (centred t) z^-1 = N * hat (out t) z^-1.
    rewrite /hat mulr_sumr; apply: eq_bigr => x _.
    by rewrite /centred s0 subr0 rmorphM nE mulrA.
  have E : forall i : 'I_l.+1, (hat (inp t (lift ord0 i)) z^-1 / N)^* = hat (inp t (lift ord0 i)) z / N.
    by move=> i; rewrite rmorphM fmorphV rmorph_nat /= hat_conj ?rootV // invrK.
  rewrite vE (eq_bigr _ (fun j _ => E j)) big_split /= prodr_const card_ord /b /amplitude exprVn [N ^+ l.+2]exprS.
  have N1 : N ^+ l.+1 != 0 by rewrite expf_neq0.
  exact: phase_algebra.
have prod_a : \prod_j a j = r ^+ l.+1 * b.
  have [nu nu0 ea] := phase.
  have e : \prod_j a j = nu * r ^+ l.+1 ^+ 2 * b.
    have eP : (\prod_(j < l.+1) (a (lift ord0 j))^*) * (\prod_(j < l.+1) a (lift ord0 j)) = (r ^+ 2) ^+ l.+1.
      transitivity (\prod_(j < l.+1) r ^+ 2); last by rewrite prodr_const card_ord.
      by rewrite -big_split; apply: eq_bigr => i _ /=; rewrite mulrC -normCK ar.
    by rewrite big_ord_recl ea -[LHS]mulrA eP exprAC mulrAC.
  have : `|\prod_j a j| = nu * r ^+ l.+1 ^+ 2 * r.
    have R0 : 0 <= r ^+ l.+1 ^+ 2 by do 2!apply: exprn_ge0; apply: ltW.
    by rewrite e normrM [`|nu * _|]normrM (gtr0_norm nu0) (ger0_norm R0).
  rewrite normr_prod (eq_bigr _ (fun j _ => ar j)) prodr_const card_ord exprSr => /(mulIf r1) h.
  by rewrite e -h.
exists z, r, (fun j => a j / r); split=> // [j|].
  by rewrite normf_div ar (ger0_norm (ltW r0)) divff.
have unitV w : `|w| = 1 -> w^-1 = w^* by move=> w1; rewrite invC_norm w1 expr1n invr1 mul1r.
have form f c x : wave z f -> amplitude f z = r * c -> `|c| = 1 ->
    toC (f x) = r * (c * z ^+ nat_of_ord x + (c * z ^+ nat_of_ord x)^-1).
  move=> wf af c1; rewrite unitV; last by rewrite normrM normrX (root_norm zp) expr1n mulr1.
  rewrite (wave_amplitude x zp z1 wf) af -mulrA rmorphM mulrDr; congr (_ + _ * _).
  by apply/CrealP/ger0_real/ltW.
have c1 j : `|a j / r| = 1 by rewrite normf_div ar (ger0_norm (ltW r0)) divff.
split=> [j x|x]; apply: form => //; first by rewrite mulrC divfK.
  rewrite big_split /= prod_a prodr_const card_ord exprVn [r ^+ l.+2]exprS -/b.
  by apply: size_algebra; rewrite // expf_neq0.
by rewrite normr_prod big1.
Qed.

End Neuron.
End Form.
