(* Finite regularisation.  Choose a distribution: 1 - t for the right label, t/(p-1) for each wrong one.  By Gibbs    *)
(* the cross-entropy is at least its entropy H(t) less t times the mean margin, and the mean margin is at most gamma* *)
(* times the mass (UpperBound.v).  So the loss is at least H(t), plus lambda - t gamma* times the mass; t = lambda /  *)
(* gamma* makes this a constant, and it is reached where every margin is log((p-1)(1-t)/t): at maximum margin.        *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From FourierMargin Require Import Statement Beyond Correlation UpperBound Construction Scaling Tight Exponential.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Regularisation.
Variables (R : rcfType) (exp log : R -> R) (k p : nat).
Hypotheses (E : exponential exp log) (k_gt0 : (0 < k)%N) (p_gt2 : (2 < p)%N) (p_odd : odd p).
Notation network := (network R (Z_ p) k).
Notation gamma := (gamma R k p).
Notation P := (p - 1)%:R.
Implicit Types theta : network.

Let p_gt1 : (1 < p)%N. Proof. exact: ltnW. Qed.
Let odd_G := odd_Zp p_gt2 p_odd.
Let cardG : #|Z_ p| = p. Proof. exact: card_Zp_. Qed.
Let P_gt0 : 0 < P :> R. Proof. by rewrite ltr0n subn_gt0. Qed.
Let inputs_gt0 : 0 < (p ^ k)%:R :> R. Proof. by rewrite ltr0n expn_gt0 ltnW. Qed.
Let g_gt0 : 0 < gamma. Proof. exact: gamma_gt0. Qed.

Definition gap theta (a : {ffun 'I_k -> Z_ p}) c : R := logit theta a (label a) - logit theta a c.
Definition mean theta : R := (\sum_(a : {ffun 'I_k -> Z_ p}) \sum_(c | c != label a) gap theta a c) / ((p ^ k)%:R * P).

Lemma wrong_labels (y : Z_ p) (x : R) : \sum_(c | c != y) x = P * x.
Proof.
rewrite sumr_const mulr_natl; congr (_ *+ _).
have <- : #|predC1 y| = (p - 1)%N by rewrite cardC1 cardG subn1.
by apply: eq_card => c; rewrite !inE.
Qed.

Lemma all_inputs (x : R) : \sum_(a : {ffun 'I_k -> Z_ p}) x = (p ^ k)%:R * x.
Proof. by rewrite sumr_const card_ffun cardG card_ord mulr_natl. Qed.

Lemma mean_le theta : mean theta <= gamma * mass theta.
Proof.
have G1 : (1 < #|Z_ p|)%N by rewrite cardG.
rewrite /mean ler_pdivr_mulr ?mulr_gt0 //.
have := mass_best k_gt0 G1 theta; rewrite cardG natrX natrB 1?ltnW // => ->.
rewrite -(sum_over_wrong (F := gap theta)) => [|a]; last by rewrite /gap subrr.
by rewrite -total_margin; apply: ler_sum => t _; apply: single_neuron.
Qed.

Lemma mean_tie theta d : (forall a c, c != label a -> gap theta a c = d) -> mean theta = d.
Proof.
move=> h; rewrite /mean (eq_bigr (fun=> P * d)) => [|a _]; last first.
  by rewrite -(wrong_labels (label a)); apply: eq_bigr => c; apply: h.
by rewrite all_inputs mulrA mulrAC mulfV ?mul1r // mulf_neq0 ?gt_eqF.
Qed.

(* ---------------------------------------- One distribution t ---------------------------------------------------- *)

Section Share.
Variable t : R.
Hypotheses (t_gt0 : 0 < t) (t_lt1 : t < 1).
Let s_gt0 : 0 < 1 - t. Proof. by rewrite subr_gt0. Qed.
Let tP_gt0 : 0 < t / P. Proof. exact: divr_gt0. Qed.

Definition share (y c : Z_ p) : R := if c == y then 1 - t else t / P.
Definition entropy : R := - ((1 - t) * log (1 - t)) - t * log (t / P).
Definition depth : R := log (P * (t^-1 - 1)).

Lemma depthE : depth = log (1 - t) - log (t / P).
Proof.
rewrite -(logV E tP_gt0) -(logM E) ?invr_gt0 //; congr log.
by field; rewrite !gt_eqF.
Qed.

Lemma share_gt0 y c : 0 < share y c. Proof. by rewrite /share; case: eqP. Qed.
Lemma share_sum y : \sum_c share y c = 1.
Proof.
rewrite (bigD1 y) //= {1}/share eqxx (eq_bigr (fun=> t / P)) => [|c /negbTE cy]; last by rewrite /share cy.
by rewrite wrong_labels mulrC divfK ?subrK // gt_eqF.
Qed.

Notation S theta a := (\sum_c exp (logit theta a c - logit theta a (label a))).

Lemma against_share theta a :
  \sum_c share (label a) c * ((logit theta a c - logit theta a (label a)) - log (share (label a) c))
    = entropy - t / P * \sum_(c | c != label a) gap theta a c.
Proof.
rewrite (bigD1 (label a)) //= {1 2}/share eqxx subrr sub0r mulrN /entropy -addrA; congr (_ + _).
transitivity (\sum_(c | c != label a) (- (t / P) * gap theta a c - t / P * log (t / P))).
  apply: eq_bigr => c /negbTE ca; rewrite /share ca /gap; move: (logit _ _ _) (logit _ _ _) (log _) => A B L.
  by rewrite !mulrDr !mulrN !mulNr opprK addrC; ring.
rewrite big_split /= -mulr_sumr wrong_labels mulNr addrC; congr (_ - _).
by rewrite mulrN mulrA [P * _]mulrC divfK // gt_eqF.
Qed.

Lemma sum_against theta : \sum_a (entropy - t / P * \sum_(c | c != label a) gap theta a c)
  = (p ^ k)%:R * (entropy - t * mean theta).
Proof.
rewrite big_split /= all_inputs sumrN -mulr_sumr /mean [RHS]mulrBr; congr (_ - _).
by move: (\sum_a _) => A; field; rewrite !gt_eqF.
Qed.

Lemma entropy_le theta : entropy - t * mean theta <= cross_entropy exp log theta.
Proof.
rewrite /cross_entropy ler_pdivl_mulr // mulrC -sum_against; apply: ler_sum => a _.
by rewrite -against_share; apply: (gibbs E) => [c|]; [apply: share_gt0 | apply: share_sum].
Qed.

Lemma entropy_equality theta : cross_entropy exp log theta = entropy - t * mean theta ->
  forall a c, c != label a -> gap theta a c = depth.
Proof.
move=> e a c ca; have h b : entropy - t / P * (\sum_(d | d != label b) gap theta b d) <= log (S theta b).
  by rewrite -against_share; apply: (gibbs E) => [d|]; [apply: share_gt0 | apply: share_sum].
have : \sum_b (log (S theta b) - (entropy - t / P * (\sum_(d | d != label b) gap theta b d))) == 0.
  rewrite big_split /= sumrN sum_against -e /cross_entropy mulrC divfK ?subrr //.
  by rewrite gt_eqF.
rewrite psumr_eq0 => [/allP/(_ a (mem_index_enum a))|b _]; last by rewrite subr_ge0.
rewrite /= subr_eq0 -against_share => /eqP ea.
have := gibbs_equality E (share_gt0 (label a)) (share_sum (label a)) ea => x.
have := x (label a); have := x c; rewrite /share eqxx (negbTE ca) subrr depthE => xc xa.
have eL : log (S theta a) = - log (1 - t) by apply/eqP; rewrite -addr_eq0 addrC -xa.
by rewrite /gap -opprB xc eL opprB.
Qed.

Lemma entropy_tie theta : (forall a c, c != label a -> gap theta a c = depth) ->
  cross_entropy exp log theta = entropy - t * depth.
Proof.
move=> tie; have e a : log (S theta a) = - log (1 - t).
  rewrite -(logV E s_gt0); congr log; rewrite (bigD1 (label a)) //= subrr (exp0 E).
  rewrite (eq_bigr (fun=> t / P / (1 - t))) => [|c /tie]; last first.
    rewrite /gap -opprB => /eqP; rewrite eqr_oppLR => /eqP ->.
    rewrite depthE opprB (expD E) (logK E tP_gt0) -(logV E s_gt0) (logK E) ?invr_gt0 //.
  by rewrite wrong_labels; field; rewrite !gt_eqF.
rewrite /cross_entropy (eq_bigr _ (fun a _ => e a)) all_inputs mulrC mulKf ?gt_eqF // depthE /entropy.
by move: (log _) (log _) => A B; ring.
Qed.

(* The loss is at least H(t); equality needs margins, mass and lambda to fit. *)
Variable lambda : R.
Hypothesis t_le : t * gamma <= lambda.
Notation loss := (loss exp log lambda).

Lemma loss_split theta : loss theta - entropy = (cross_entropy exp log theta - (entropy - t * mean theta))
  + t * (gamma * mass theta - mean theta) + (lambda - t * gamma) * mass theta.
Proof. by rewrite /Beyond.loss; move: (cross_entropy _ _ _) (mass _) (mean _) => A M N; ring. Qed.

Lemma mass_ge0 theta : 0 <= mass theta.
Proof. by apply: sumr_ge0 => n _; rewrite exprn_ge0 ?sqrtr_ge0. Qed.

Lemma terms_ge0 theta : [/\ 0 <= cross_entropy exp log theta - (entropy - t * mean theta),
  0 <= t * (gamma * mass theta - mean theta) & 0 <= (lambda - t * gamma) * mass theta].
Proof.
split; first by rewrite subr_ge0 entropy_le.
  by apply: mulr_ge0; [apply: ltW | rewrite subr_ge0 mean_le].
by apply: mulr_ge0; [rewrite subr_ge0 | apply: mass_ge0].
Qed.

Lemma loss_ge theta : entropy <= loss theta.
Proof. by rewrite -subr_ge0 loss_split; have [h1 h2 h3] := terms_ge0 theta; apply: addr_ge0 h3; apply: addr_ge0. Qed.

Lemma loss_equality theta : loss theta = entropy <->
  [/\ forall a c, c != label a -> gap theta a c = depth, gamma * mass theta = depth
    & (lambda - t * gamma) * mass theta = 0].
Proof.
have [h1 h2 h3] := terms_ge0 theta; split=> [/eqP|[tie m0 l0]]; last first.
  apply/eqP; rewrite -subr_eq0 loss_split l0 (mean_tie tie) (entropy_tie tie) m0.
  by rewrite !subrr mulr0 !addr0.
rewrite -subr_eq0 loss_split paddr_eq0 // ?(addr_ge0 h1 h2) // paddr_eq0 // => /andP[/andP[e1 e2] /eqP e3].
have tie : forall a c, c != label a -> gap theta a c = depth.
  by apply: entropy_equality; apply/eqP; rewrite -subr_eq0.
split=> //; move: e2; rewrite mulf_eq0 gt_eqF //= subr_eq0 => /eqP ->.
exact: mean_tie.
Qed.

(* One input with all margins d: Gibbs again. *)
Lemma entropy_tangent d : entropy - t * d <= log (1 + P * exp (- d)).
Proof.
pose y : Z_ p := 0; pose x (c : Z_ p) := if c == y then 0 else - d.
have -> : 1 + P * exp (- d) = \sum_c exp (x c).
  rewrite (bigD1 y) //= {1}/x eqxx (exp0 E) (eq_bigr (fun=> exp (- d))) => [|c /negbTE cy]; last by rewrite /x cy.
  by rewrite wrong_labels.
apply: le_trans (gibbs E x (share_gt0 y) (share_sum y)); rewrite (bigD1 y) //= {1}/x {1 2}/share eqxx sub0r.
rewrite (eq_bigr (fun=> t / P * (- d - log (t / P)))) => [|c /negbTE cy]; last by rewrite /x /share cy.
rewrite wrong_labels /entropy mulrA [P * _]mulrC divfK ?gt_eqF // le_eqVlt.
by apply/orP; left; apply/eqP; move: (log _) (log _) => A B; ring.
Qed.

Lemma entropy_at_depth : entropy - t * depth = - log (1 - t).
Proof. by rewrite depthE /entropy; move: (log _) (log _) => A B; ring. Qed.

End Share.

(* ---------------------------------- What the loss says about the margins --------------------------------------- *)

Section Loss.
Variable theta : network.
Notation CE := (cross_entropy exp log theta).
Notation level := (log (P / (exp CE - 1))).

Lemma cross_entropy_gt0 : 0 < CE.
Proof.
rewrite divr_gt0 //.
have pos b : 0 < log (\sum_c exp (logit theta b c - logit theta b (label b))).
  apply: (log_gt0 E); rewrite (bigD1 (label b)) //= subrr (exp0 E) ltr_addl.
  have c0 : label b + 1 != label b.
    by rewrite -subr_eq0 addrAC subrr add0r; exact: (oner_neq0 [ringType of 'Z_p]).
  rewrite (bigD1 (label b + 1)) //= ltr_spaddl ?(exp_gt0 E) //.
  by apply: sumr_ge0 => c _; rewrite ltW // (exp_gt0 E).
rewrite (bigD1 [ffun => 0]) //= ltr_spaddl // sumr_ge0 // => b _; apply: ltW; exact: pos.
Qed.

Let s := 1 - exp (- CE).
Let eCE : exp (- CE) = 1 - s. Proof. by rewrite /s opprB addrC subrK. Qed.
Let X_gt1 : 1 < exp CE.
Proof. by apply: lt_le_trans (exp_ge E CE); rewrite ltr_addl cross_entropy_gt0. Qed.
Let s_lt1 : s < 1. Proof. by rewrite /s ltr_subl_addr ltr_addl (exp_gt0 E). Qed.
Let s_gt0 : 0 < s.
Proof.
rewrite /s subr_gt0 -(ltr_pmul2l (exp_gt0 E CE)) (expN E) mulr1; exact: X_gt1.
Qed.

Lemma levelE : level = depth s.
Proof.
rewrite /depth; congr log; congr (_ * _).
have n0 : 1 - s != 0 by rewrite gt_eqF ?subr_gt0.
have n1 : s != 0 by rewrite gt_eqF.
have -> : exp CE = (1 - s)^-1 by apply: (mulIf n0); rewrite mulVf // -eCE (expN E).
have -> : (1 - s)^-1 - 1 = s / (1 - s) by field.
by rewrite invf_div; field.
Qed.

Lemma loss_level : CE = entropy s - s * level.
Proof. by rewrite levelE entropy_at_depth // -eCE (expK E) opprK. Qed.

(* The loss is small only where the mean margin is large. *)
Theorem mean_ge : level <= mean theta.
Proof.
have := entropy_le s_gt0 s_lt1 theta; rewrite [X in _ <= X]loss_level ler_add2l ler_opp2.
by rewrite ler_pmul2l.
Qed.

Theorem loss_excess lambda t : 0 < t -> t < 1 -> t * gamma = lambda ->
  lambda * mass theta - t * level <= loss exp log lambda theta - entropy t.
Proof.
move=> t0 t1 tl; have := entropy_tangent t0 t1 level.
have -> : log (1 + P * exp (- level)) = CE.
  rewrite -[RHS](expK E); congr log; rewrite -(logV E) ?(logK E) ?invr_gt0 ?divr_gt0 ?subr_gt0 //.
  by rewrite invf_div mulrCA divff ?gt_eqF // mulr1 addrC subrK.
have same (x y : R) : x = y -> 0 <= x -> 0 <= y by move->.
rewrite -subr_ge0 => h; rewrite /loss -subr_ge0; apply: same h.
by move: CE (mass _) (entropy _) level => A M H L; ring.
Qed.

End Loss.

(* ------------------------------------------- Networks that reach it --------------------------------------------- *)

Lemma of_mass mu width : 0 <= mu -> (k.+1 * 2 ^ k.-1 * p./2 <= width)%N ->
  exists theta : network, [/\ mass theta = mu, margin_ge theta (gamma * mu) & size theta = width].
Proof.
move=> mu0 le; have [theta0 [m0 mt sz]] := attained R k_gt0 p_gt2 p_odd.
have [theta1 [m1 mt1 sz1]] := normalise m0 mt; rewrite -sz -sz1 in le.
have [theta2 [m2 mt2 sz2]] := pad k_gt0 le mt1.
have [x x0 xk] := root_exists k mu0.
exists (map (scale x) theta2); rewrite size_map sz2 mass_scale // m2 m1 mulr1 xk; split=> // a c ca.
by rewrite !logit_scale -mulrBr xk mulrC; apply: (ler_wpmul2l mu0); apply: mt2.
Qed.

Lemma tie_of_margin theta : margin_ge theta (gamma * mass theta) ->
  forall a c, c != label a -> gap theta a c = gamma * mass theta.
Proof.
have G1 : (1 < #|Z_ p|)%N by rewrite cardG.
by have := tight_margins odd_G k_gt0 G1 (theta := theta); rewrite cardG.
Qed.

Lemma zero_mass theta : mass theta = 0 -> margin_ge theta 0.
Proof.
move=> m0; suff h a c : logit theta a c = 0 by move=> a c _; rewrite !h subrr.
rewrite /logit; elim: theta m0 => [|n theta IH]; first by rewrite big_nil.
rewrite /mass !big_cons => /eqP; rewrite paddr_eq0 ?exprn_ge0 ?sqrtr_ge0 ?mass_ge0 //.
rewrite expf_eq0 /= sqrtr_eq0 => /andP[n0 /eqP/IH ->]; rewrite addr0.
have : out_energy n == 0.
  rewrite eq_le out_energy_ge0 andbT; apply: le_trans n0.
  by rewrite sqnormE ler_addr sumr_ge0 // => j _; apply: energy_ge0.
rewrite psumr_eq0 => [/allP/(_ c (mem_index_enum c))|x _]; last exact: sqr_ge0.
by rewrite /= sqrf_eq0 => /eqP ->; rewrite mulr0.
Qed.

Variables (lambda : R) (theta : network).
Hypotheses (lambda_gt0 : 0 < lambda) (wide : (k.+1 * 2 ^ k.-1 * p./2 <= size theta)%N).
Notation loss := (loss exp log lambda).

(* Whoever is minimal reaches the bound, once some network of that width does. *)
Lemma minimal_reaches t : 0 < t -> t < 1 -> t * gamma <= lambda -> 0 <= depth t ->
  (lambda - t * gamma) * depth t = 0 -> minimal exp log lambda theta <-> loss theta = entropy t.
Proof.
move=> t0 t1 tl d0 ld; split=> [h|e theta' _]; last by rewrite e; apply: loss_ge.
have [|theta' [m' mt' sz']] := @of_mass (depth t / gamma) _ _ wide; first by rewrite divr_ge0 // ltW.
have gm : gamma * mass theta' = depth t by rewrite m' mulrC divfK // gt_eqF.
have e' : loss theta' = entropy t.
  apply/(loss_equality t0 t1 tl); split=> //; last by rewrite m' mulrA ld mul0r.
  by rewrite -gm; apply: tie_of_margin; rewrite gm mulrC divfK // gt_eqF in mt' *.
by apply/eqP; rewrite eq_le loss_ge // andbT -e'; apply: h.
Qed.

(* Below the threshold: the t that cancels the penalty, and what it entails. *)
Lemma balanced (t := lambda / gamma) : lambda < gamma * P / p%:R ->
  [/\ 0 < t, t < 1, t * gamma = lambda, depth t = log (P * (gamma / lambda - 1)) & 0 < depth t].
Proof.
move=> lt; have p0 : 0 < p%:R :> R by rewrite ltr0n ltnW.
have tP : t < P / p%:R by rewrite ltr_pdivr_mulr // mulrC mulrA.
have t0 : 0 < t by apply: divr_gt0.
split=> //; first by apply: lt_le_trans tP _; rewrite ler_pdivr_mulr // mul1r ler_nat leq_subr.
- by rewrite divfK // gt_eqF.
- by rewrite /depth invf_div.
apply: (log_gt0 E); rewrite mulrBr mulr1 ltr_subr_addl.
have -> : P + 1 = p%:R :> R by rewrite natrB 1?ltnW // subrK.
by rewrite ltr_pdivl_mulr // mulrC -ltr_pdivl_mulr.
Qed.

Theorem below : lambda < gamma * P / p%:R ->
  minimal exp log lambda theta <-> (0 < mass theta /\ margin_ge theta (gamma * mass theta)) /\
    gamma * mass theta = log (P * (gamma / lambda - 1)).
Proof.
move=> lt; have [t0 t1 tg dE d0] := balanced lt; set t := lambda / gamma in t0 t1 tg dE d0 *.
apply: iff_trans (minimal_reaches t0 t1 _ (ltW d0) _) _; rewrite ?tg ?subrr ?mul0r //.
rewrite -dE; split=> [/(loss_equality t0 t1 _)|[[m0 mt] gm]].
  rewrite tg lexx => /(_ isT)[tie gm _]; split=> //; split=> [|a c ca]; last by rewrite gm -(tie a c ca).
  by rewrite -(pmulr_rgt0 _ g_gt0) gm.
by apply/(loss_equality t0 t1); rewrite ?tg ?subrr ?mul0r //; split=> // a c ca; rewrite -gm; apply: tie_of_margin.
Qed.

(* The distance of the loss from its minimum, which theta reaches. *)
Theorem excess (other : network) : lambda < gamma * P / p%:R -> margin_ge theta (gamma * mass theta) ->
  gamma * mass theta = log (P * (gamma / lambda - 1)) ->
  lambda * (mass other - log (P / (exp (cross_entropy exp log other) - 1)) / gamma) <= loss other - loss theta.
Proof.
move=> lt mt gm; have [t0 t1 tg dE _] := balanced lt; set t := lambda / gamma in t0 t1 tg dE *.
have -> : loss theta = entropy t.
  apply/(loss_equality t0 t1); rewrite ?tg ?subrr ?mul0r //; split=> //; last by rewrite gm.
  by move=> a c ca; rewrite dE -gm; apply: tie_of_margin.
by rewrite mulrBr mulrCA [_ * (lambda / _)]mulrC; apply: loss_excess.
Qed.

Theorem above : gamma * P / p%:R <= lambda -> minimal exp log lambda theta <-> mass theta = 0.
Proof.
move=> le; set t := P / p%:R : R; have p0 : 0 < p%:R :> R by rewrite ltr0n ltnW.
have t0 : 0 < t by apply: divr_gt0.
have t1 : t < 1 by rewrite ltr_pdivr_mulr // mul1r ltr_nat subn1 prednK // ltnW.
have tg : t * gamma <= lambda by rewrite mulrC mulrA.
have d0 : depth t = 0.
  rewrite /depth invf_div mulrBr mulrCA mulfV ?gt_eqF // !mulr1 natrB 1?ltnW // opprB addrCA subrr addr0.
  exact: (log1 E).
apply: iff_trans (minimal_reaches t0 t1 tg _ _) _; rewrite ?d0 ?mulr0 //.
split=> [/(loss_equality t0 t1 tg)[_ + _]|m0].
  by rewrite d0 => /eqP; rewrite mulf_eq0 gt_eqF //= => /eqP.
apply/(loss_equality t0 t1 tg); rewrite d0 m0 !mulr0; split=> // a c ca.
have := @tie_of_margin theta; rewrite m0 mulr0; apply=> //.
exact: zero_mass.
Qed.

End Regularisation.
