(* Multiplying every weight by x >= 0 multiplies logits and mass by x^(k+1): every network of positive mass can be    *)
(* brought to mass one, so that a bound on margin over mass is a bound on the margin at norm one.                     *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From FourierMargin Require Import Statement.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Section Scaling.
Variable R : rcfType.

(* Multiplying every weight by x multiplies logits and mass by x^(k+1), x >= 0. *)
Definition scale (G : finZmodType) k (x : R) (n : neuron R G k) : neuron R G k :=
  Neuron (fun j y => x * inp n j y) (fun y => x * out n y).

Lemma logit_scale (G : finZmodType) k x (theta : network R G k) a c :
  logit (map (scale x) theta) a c = x ^+ k.+1 * logit theta a c.
Proof.
rewrite /logit big_map mulr_sumr; apply: eq_bigr => n _ /=.
by rewrite -mulr_sumr exprMn exprSr -!mulrA; congr (_ * _); rewrite mulrCA.
Qed.

Lemma mass_scale (G : finZmodType) k x (theta : network R G k) : 0 <= x ->
  mass (map (scale x) theta) = x ^+ k.+1 * mass theta.
Proof.
move=> x0; rewrite /mass big_map mulr_sumr; apply: eq_bigr => n _ /=.
have -> : sqnorm (scale x n) = x ^+ 2 * sqnorm n.
  rewrite /sqnorm /= mulrDr !mulr_sumr; congr (_ + _); last by apply: eq_bigr => y _; rewrite exprMn.
  by apply: eq_bigr => j _; rewrite mulr_sumr; apply: eq_bigr => y _; rewrite exprMn.
by rewrite sqrtrM ?sqr_ge0 // sqrtr_sqr ger0_norm // exprMn.
Qed.

Lemma root_exists n (y : R) : 0 <= y -> exists2 x, 0 <= x & x ^+ n.+1 = y.
Proof.
move=> y0; have y1 : 0 <= y + 1 by rewrite addr_ge0 ?ler01.
have [|x /andP[x0 _]] := @poly_ivt R ('X^n.+1 - y%:P) 0 (y + 1) y1.
  rewrite !(hornerD, hornerN, hornerXn, hornerC) expr0n /= sub0r oppr_le0 y0 /= subr_ge0.
  apply: le_trans (_ : y + 1 <= _); first by rewrite ler_addl ler01.
  by rewrite exprS ler_pemulr // exprn_ege1 // ler_addr.
move=> /rootP; rewrite !(hornerD, hornerN, hornerXn, hornerC) => /eqP.
by rewrite subr_eq0 => /eqP; exists x.
Qed.

(* A network scaled to mass one; its normalised margin stays. *)
Lemma normalise (G : finZmodType) k (theta : network R G k) g : 0 < mass theta -> margin_ge theta (g * mass theta) ->
  exists theta' : network R G k, [/\ mass theta' = 1, margin_ge theta' g & size theta' = size theta].
Proof.
move=> m0 mt; have i0 : 0 <= (mass theta)^-1 by rewrite invr_ge0 ltW.
have [x x0 hx] := @root_exists k _ i0.
have e : mass (map (scale x) theta) = 1 by rewrite mass_scale // hx mulVf // gt_eqF.
exists (map (scale x) theta); split=> //; last by rewrite size_map.
move=> a c ac; rewrite !logit_scale -mulrBr hx -[X in X <= _](mulfK (lt0r_neq0 m0)) mulrC.
by apply: ler_wpmul2l; [rewrite invr_ge0 ltW | apply: mt].
Qed.

(* Neurons that are zero change nothing but the width. *)
Lemma pad (G : finZmodType) k (theta : network R G k) m width : (0 < k)%N -> (size theta <= width)%N ->
  margin_ge theta m -> exists theta' : network R G k,
    [/\ mass theta' = mass theta, margin_ge theta' m & size theta' = width].
Proof.
move=> k0 le mt; pose o : neuron R G k := Neuron (fun _ _ => 0) (fun=> 0).
exists (theta ++ nseq (width - size theta) o); split; last by rewrite size_cat size_nseq subnKC.
  have s0 : sqnorm o = 0.
    rewrite /sqnorm /= big1 ?add0r => [|j _]; apply: big1 => x _; rewrite expr0n //.
  by rewrite /mass big_cat /= big_nseq s0 sqrtr0 expr0n iter_addr addr0 mul0rn addr0.
have e a c : logit (theta ++ nseq (width - size theta) o) a c = logit theta a c.
  by rewrite /logit big_cat /= big_nseq mulr0 iter_addr addr0 mul0rn addr0.
by move=> a c ac; rewrite !e; apply: mt.
Qed.

Lemma gamma_ge0 k p : 0 <= gamma R k p.
Proof. by rewrite /gamma divr_ge0 ?mulr_ge0 ?exprn_ge0 ?sqrtr_ge0 ?ler0n. Qed.

Lemma gamma_even_ge0 k p : (1 < p)%N -> 0 <= gamma_even R k p.
Proof.
move=> p1; have h : 0 <= p%:R - 2 + Num.sqrt 2 ^- (k - 1) :> R.
  by rewrite addr_ge0 ?invr_ge0 ?exprn_ge0 ?sqrtr_ge0 // subr_ge0 ler_nat.
by rewrite /gamma_even divr_ge0 ?mulr_ge0 ?exprn_ge0 ?sqrtr_ge0 ?ler0n.
Qed.

Lemma gamma_gt0 k p : (1 < p)%N -> 0 < gamma R k p.
Proof.
move=> p1; have p0 := ltnW p1.
by rewrite /gamma divr_gt0 ?mulr_gt0 ?exprn_gt0 ?sqrtr_gt0 ?ltr0n ?fact_gt0 ?subn_gt0 // addn2.
Qed.

End Scaling.
