(* Even orders: the network that attains the maximum.  Below p/2 every frequency has the neurons of Construction.v;   *)
(* the frequency p/2 has no phase, its neurons are signs s_i (-1)^a, scaled so that all frequencies sound equally.    *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import cyclotomic complex.
From mathcomp Require Import ring.
From FourierMargin Require Import Statement Correlation Multilinear UpperBound RootsOfUnity Polarisation.
From FourierMargin Require Import Construction Scaling.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* ------------------------------- The sign (-1)^x on Z_p, and doubling ------------------------------------------- *)

Section Sign.
Variables (R : rcfType) (p : nat).
Hypotheses (p_gt1 : (1 < p)%N) (p_even : ~~ odd p).
Let Zp_p : (Zp_trunc p).+2 = p. Proof. exact: Zp_cast. Qed.

Definition sign (x : Z_ p) : R := (-1) ^+ nat_of_ord x.

Lemma signD x y : sign (x + y) = sign x * sign y.
Proof. by rewrite /sign -exprD -signr_odd /= odd_mod ?signr_odd // Zp_p; apply: negbTE. Qed.

Lemma sign2 x : sign x ^+ 2 = 1. Proof. by rewrite /sign exprAC sqrrN expr1n expr1n. Qed.

Lemma sum_even q (g : nat -> R) : \sum_(e < q + q) (1 + (-1) ^+ e) * g e = \sum_(i < q) 2 * g (i + i)%N.
Proof.
elim: q => [|q IH]; first by rewrite !big_ord0.
rewrite addSn addnS 2!big_ord_recr [RHS]big_ord_recr IH /= -addrA; congr (_ + _).
by rewrite exprS -signr_odd oddD addbb mulr1 subrr mul0r addr0.
Qed.

Lemma sign_doubling (H : Z_ p -> R) : \sum_x H (x + x) = \sum_e (1 + sign e) * H e.
Proof.
pose g i := H (inZp i); pose q := p./2.
have pq : p = (q + q)%N by rewrite addnn -[LHS]odd_double_half (negbTE p_even).
have gp i : g (i + p)%N = g i by congr H; apply/val_inj; rewrite /= Zp_p modnDr.
have over (F : nat -> R) : \sum_(x : Z_ p) F x = \sum_(x < q + q) F x by rewrite -pq -[in RHS]Zp_p.
transitivity (\sum_(x : Z_ p) g (x + x)%N); first by apply: eq_bigr.
transitivity (\sum_(e : Z_ p) (1 + (-1) ^+ e) * g e); last by apply: eq_bigr => e _; rewrite /g valZpK.
rewrite (over (fun x => g (x + x)%N)) (over (fun e => (1 + (-1) ^+ e) * g e)) sum_even big_split_ord -big_split /=.
by apply: eq_bigr => i _; rewrite addnACA -pq addnC gp mulr_natl mulr2n.
Qed.

End Sign.

(* ---------------------- The neurons of frequency p/2, and the network ----------------------------------------- *)

Section Half.
Variables (R : rcfType) (l p : nat).
Hypotheses (p_gt1 : (1 < p)%N) (p_even : ~~ odd p).
Notation k := l.+1.
Notation sgn s := ((-1) ^+ (nat_of_ord (s : 'Z_2)) : R).

Definition half_neuron (s : {ffun 'I_k -> 'Z_2}) : neuron R (Z_ p) k :=
  Neuron (fun j x => sgn (s j) * sign R x) (fun c => sgn (\sum_j s j) * sign R c).
Definition half_network : network R (Z_ p) k :=
  [seq half_neuron s | s <- enum (fun s : {ffun 'I_k -> 'Z_2} => s ord0 == 0)].

Lemma half_logit a c : logit half_network a c = 2 ^+ l * k`!%:R * sign R (label a - c).
Proof.
rewrite /logit big_map big_enum /=.
transitivity (2 ^+ l * k`!%:R * (\prod_j sign R (a j)) * sign R c).
  by rewrite -polar_half mulr_suml; apply: eq_bigr => s _; rewrite mulrA.
rewrite -mulrA; congr (_ * _).
have -> : sign R (label a - c) = sign R (label a) * sign R c.
  by rewrite -[in RHS](subrK c (label a)) [in RHS]signD // -mulrA -expr2 sign2 mulr1.
by rewrite /label (big_morph (@sign R p) (@signD R p p_gt1 p_even) (erefl _)).
Qed.

Lemma half_sqnorm s : sqnorm (half_neuron s) = k.+1%:R * p%:R.
Proof.
have one b (x : Z_ p) : ((-1) ^+ b * sign R x) ^+ 2 = 1 by rewrite exprMn sign2 exprAC sqrrN !expr1n mulr1.
have S b : \sum_(x : Z_ p) ((-1) ^+ b * sign R x) ^+ 2 = p%:R.
  by under eq_bigr do rewrite one; rewrite sumr_const card_Zp_.
rewrite /sqnorm /= S; under eq_bigr do rewrite S.
by rewrite sumr_const card_ord -mulrSr mulr_natl.
Qed.

Lemma size_half : size half_network = (2 ^ l)%N.
Proof.
by apply/eqP; rewrite -(eqr_nat R) -sum1_size natr_sum big_map big_enum /= sum_signs natrX.
Qed.

Lemma half_mass : mass half_network = 2 ^+ l * Num.sqrt (k.+1%:R * p%:R) ^+ k.+1.
Proof.
rewrite /mass big_map; under eq_bigr do rewrite half_sqnorm.
by rewrite big_enum /= -(sum_signs R l) mulr_suml; apply: eq_bigr => s _; rewrite mul1r.
Qed.

End Half.

Section Network.
Variables (R : rcfType) (C : numClosedFieldType) (toC : {rmorphism R -> C}) (re : C -> R).
Hypothesis reE : forall (z : C) n, (0 < n)%N -> z ^+ n = 1 -> toC (re z) = (z + z^-1) / 2.
Variables l p m : nat.
Hypotheses (p_gt2 : (2 < p)%N) (p_half : (m + m).+2 = p).
Notation k := l.+1.
Variables omega tau : C.
Hypotheses (h_omega : p.-primitive_root omega) (h_tau : k.+1.-primitive_root (tau ^+ 2)).
Let p_gt1 : (1 < p)%N. Proof. exact: ltnW. Qed.
Let p_even : ~~ odd p. Proof. by rewrite -p_half /= negbK addnn odd_double. Qed.
Let m_lt : (m + m < p)%N. Proof. by rewrite -p_half. Qed.
Let Zp_p : (Zp_trunc p).+2 = p. Proof. exact: Zp_cast. Qed.

Lemma root_half (d : Z_ p) : (omega ^+ nat_of_ord d) ^+ m.+1 = toC (sign R d).
Proof.
rewrite exprAC rmorphX rmorphN1; congr (_ ^+ _).
have : omega ^+ m.+1 ^+ 2 = 1.
  by rewrite -exprM muln2 -addnn addnS addSn p_half (prim_expr_order h_omega).
move/eqP; rewrite sqrf_eq1 => /orP[|/eqP //].
rewrite -(prim_order_dvd h_omega) => /(dvdn_leq (ltn0Sn m)).
by rewrite -p_half !ltnS leqNgt ltnS leq_addr.
Qed.

Lemma sum_freq_even (d : Z_ p) :
  \sum_(i < m) ((omega ^+ i.+1) ^+ nat_of_ord d + ((omega ^+ i.+1) ^+ nat_of_ord d)^-1) + toC (sign R d)
    = (d == 0)%:R * p%:R - 1.
Proof.
have h : (omega ^+ nat_of_ord d) ^+ (m + m).+2 = 1 by rewrite p_half; apply: omega_p.
rewrite -root_half; under eq_bigr do rewrite exprAC.
rewrite (sum_half_even h) p_half -(prim_order_dvd h_omega) -[d == 0]/(nat_of_ord d == 0%N).
congr (_%:R * _ - _); congr nat_of_bool; case: (posnP (nat_of_ord d)) => [->|d0]; first by rewrite dvdn0.
by rewrite gtnNdvd // -{2}Zp_p.
Qed.

Variable x : R.
Hypotheses (x_ge0 : 0 <= x) (x_power : x ^+ k.+1 = k.+1%:R / 2 ^+ k.+1).
Definition even_network : network R (Z_ p) k := network_of re l p m omega tau ++ map (scale x) (half_network R l p).

Lemma even_logit a c :
  logit even_network a c = k`!%:R * k.+1%:R / 4 * ((c == label a)%:R * p%:R - 1).
Proof.
have -> : logit even_network a c
    = logit (network_of re l p m omega tau) a c + k`!%:R * k.+1%:R / 4 * sign R (label a - c).
  rewrite /logit big_cat /= -!/(logit _ a c) logit_scale half_logit // x_power mulrA; congr (_ + _ * _).
  rewrite !exprS; have P0 : 2 ^+ l != 0 :> R by rewrite expf_neq0 // pnatr_eq0.
  by move: P0; move: (2 ^+ l) => P P0; field; rewrite P0.
apply: (fmorph_inj toC).
rewrite rmorphD (logit_waves reE m p_gt2 h_omega h_tau) [X in _ + X]rmorphM -mulrDr sum_freq_even [RHS]rmorphM.
by congr (_ * _); rewrite rmorphB rmorphM !rmorph_nat rmorph1 subr_eq0 eq_sym.
Qed.

Lemma even_mass : mass even_network = (k.+1 * 2 ^ l * m)%:R * Num.sqrt (k.+1%:R * p%:R / 2) ^+ k.+1
  + k.+1%:R / 2 ^+ k.+1 * (2 ^+ l * Num.sqrt (k.+1%:R * p%:R) ^+ k.+1).
Proof.
by rewrite /mass big_cat /= -!/(mass _) mass_scale // (our_mass reE p_gt2 m_lt h_omega h_tau) half_mass // x_power.
Qed.

Lemma even_identity (a b c K M : R) : a != 0 -> b != 0 -> c != 0 -> 2 * M + b ^- l != 0 -> b ^+ 2 = 2 ->
  2 * K / ((b * c) ^+ l.+2 * (2 * M + b ^- l) * a ^+ l)
      * (c ^+ 2 * 2 ^+ l * M * (c * a / b) ^+ l.+2 + c ^+ 2 / 2 ^+ l.+2 * (2 ^+ l * (c * a) ^+ l.+2))
    = K * c ^+ 2 / 4 * a ^+ 2.
Proof.
move=> a0 b0 c0 + eb; rewrite [(c * a / b) ^+ _]exprMn [(b * c) ^+ _]exprMn [(c * a) ^+ _]exprMn exprVn.
have E (y : R) : y ^+ l.+2 = y ^+ 2 * y ^+ l by rewrite -exprD.
have EP : 2 ^+ l = (b ^+ l) ^+ 2 :> R by rewrite exprAC eb.
rewrite !E EP eb.
have [A0 B0 C0] : [/\ a ^+ l != 0, b ^+ l != 0 & c ^+ l != 0] by rewrite !expf_neq0.
move: A0 B0 C0; set A := a ^+ l; set B := b ^+ l; set D := c ^+ l => A0 B0 D0.
have -> : 2 * M + B^-1 = (2 * M * B + 1) / B by field.
by rewrite mulf_eq0 negb_or => /andP[S0 _]; field; rewrite ?a0 ?b0 ?c0 ?S0 ?A0 ?B0 ?D0.
Qed.

Lemma even_value : gamma_even R k p * mass even_network = k`!%:R * k.+1%:R / 4 * p%:R.
Proof.
rewrite even_mass /gamma_even subn1 /= (_ : (2 * k + 2)%N = (2 * k.+1)%N); last by rewrite [RHS]mulnS addnC.
rewrite [(2 * k.+1)%:R]natrM !sqrtrM ?mulr_ge0 ?ler0n // sqrtrV ?ler0n //.
rewrite !natrM natrX.
have p0 : (0 < p)%N by apply: ltnW.
have [a0 b0 c0] : [/\ Num.sqrt (p%:R : R) != 0, Num.sqrt (2 : R) != 0 & Num.sqrt (k.+1%:R : R) != 0].
  by split; rewrite sqrtr_eq0 -ltNge ltr0n.
have [ea eb ec] : [/\ p%:R = Num.sqrt (p%:R : R) ^+ 2, Num.sqrt (2 : R) ^+ 2 = 2
   & k.+1%:R = Num.sqrt (k.+1%:R : R) ^+ 2] by rewrite !sqr_sqrtr ?ler0n.
have eM : p%:R - 2 = 2 * m%:R :> R by rewrite -p_half -addn2 natrD addrK natrD mulr_natl mulr2n.
have D0 : 2 * m%:R + Num.sqrt 2 ^- l != 0 :> R.
  by rewrite gt_eqF // ltr_paddl ?mulr_ge0 ?ler0n // invr_gt0 exprn_gt0 // sqrtr_gt0 ltr0n.
rewrite eM; move: a0 b0 c0 ea eb ec D0; set a := Num.sqrt p%:R; set b := Num.sqrt 2; set c := Num.sqrt k.+1%:R.
move=> a0 b0 c0 ea eb ec D0; rewrite ec ea.
exact: even_identity.
Qed.

Theorem even_margin : margin_ge even_network (gamma_even R k p * mass even_network).
Proof.
move=> a c nc; rewrite !even_logit eqxx (negbTE nc) even_value mul1r mul0r -mulrBr.
by rewrite sub0r opprK subrK.
Qed.

Lemma size_even : size even_network = (k.+1 * 2 ^ l * m + 2 ^ l)%N.
Proof. by rewrite size_cat size_map size_half size_our. Qed.

End Network.

(* At p = 2 there is no other frequency. *)
Lemma half_margin (R : rcfType) l (theta := half_network R l 2) :
  [/\ 0 < mass theta, margin_ge theta (gamma_even R l.+1 2 * mass theta) & size theta = (2 ^ l)%N].
Proof.
have a0 : 0 < Num.sqrt (2 * l.+1 + 2)%:R :> R by rewrite sqrtr_gt0 ltr0n addn2.
have mE : mass theta = 2 ^+ l * Num.sqrt (2 * l.+1 + 2)%:R ^+ l.+2.
  by rewrite half_mass // -natrM; congr (_ * Num.sqrt _%:R ^+ _); rewrite mulnC [RHS]addnC -mulnS.
split; [by rewrite mE mulr_gt0 // exprn_gt0 // ltr0n | move=> a c ac | exact: size_half].
have -> : gamma_even R l.+1 2 * mass theta = 2 * (2 ^+ l * l.+1`!%:R).
  have b0 : Num.sqrt 2 ^+ l != 0 :> R by rewrite expf_neq0 // gt_eqF // sqrtr_gt0 ltr0n.
  rewrite mE /gamma_even subrr add0r subn1 /=; have := expf_neq0 l.+2 (lt0r_neq0 a0).
  by move: b0 (_ ^+ l.+2) (2 ^+ l); move: (Num.sqrt 2 ^+ l) => b b0 A B A0; field; rewrite b0.
rewrite !half_logit // subrr -mulrBr mulrC.
have -> : sign R (0 : Z_ 2) - sign R (label a - c) = 2; last by [].
have : label a - c != 0 by rewrite subr_eq0 eq_sym.
by move: (label a - c) => [[|[|//]] h] //= _; rewrite /sign /= expr0 expr1 opprK.
Qed.

Theorem attained_even (R : rcfType) k p : (0 < k)%N -> (1 < p)%N -> ~~ odd p ->
  exists theta : network R (Z_ p) k, [/\ 0 < mass theta, margin_ge theta (gamma_even R k p * mass theta)
    & size theta = (k.+1 * 2 ^ k.-1 * (p./2 - 1) + 2 ^ k.-1)%N].
Proof.
case: k => // l _; rewrite leq_eqVlt => /orP[/eqP <- _|p2 ep].
  by have [m0 mt sz] := half_margin R l; exists (half_network R l 2); rewrite sz muln0 add0n.
have [omega h_omega] := prim_root_exists [numClosedFieldType of R[i]%C] (ltnW (ltnW p2)).
have [sigma h_sigma] := prim_root_exists [numClosedFieldType of R[i]%C] (ltn0Sn l.+1).
have h_tau : l.+2.-primitive_root (sqrtC sigma ^+ 2) by rewrite sqrtCK.
have half : (p./2 - 1 + (p./2 - 1)).+2 = p.
  have h2 : (0 < p./2)%N by rewrite half_gt0 ltnW.
  by rewrite -addSn -addnS -!subSn // !subSS !subn0 addnn -[RHS]odd_double_half (negbTE ep).
have y0 : 0 <= l.+2%:R / 2 ^+ l.+2 :> R by rewrite divr_ge0 ?exprn_ge0 ?ler0n.
have [x x0 xp] := root_exists l.+1 y0.
exists (@even_network R _ (@complex.Re R) l p (p./2 - 1) omega (sqrtC sigma) x); split.
- rewrite (even_mass (@unit_Re R) p2 half h_omega h_tau x0 xp) ltr_paddl //.
    by rewrite mulr_ge0 ?ler0n ?exprn_ge0 ?sqrtr_ge0.
  have s0 : 0 < Num.sqrt (l.+2%:R * p%:R) :> R by rewrite sqrtr_gt0 mulr_gt0 // ltr0n // ltnW // ltnW.
  by apply: mulr_gt0; [apply: divr_gt0 | apply: mulr_gt0]; rewrite ?exprn_gt0 ?ltr0n.
- exact: (even_margin (@unit_Re R) p2 half h_omega h_tau x0 xp).
- exact: size_even.
Qed.
