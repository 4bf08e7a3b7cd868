(* The network that attains gamma* with (k+1) 2^(k-2) (p-1) neurons: for every frequency zeta, sign vector s with     *)
(* s_1 = 1 and every phase t = pi j / (k+1), j = 0..k,                                                                *)
(*     u_i(a) = s_i cos(t + 2 pi zeta a / p),      w(c) = (prod s) cos(k t + 2 pi zeta c / p).                        *)
(* The signs turn the power into a product (Polarisation.v); the phases then keep only the sum of all inputs          *)
(* (RootsOfUnity.v); the frequencies add up to an indicator of the right label.                                       *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import cyclotomic complex.
From mathcomp Require Import ring.
From FourierMargin Require Import Statement Multilinear UpperBound RootsOfUnity Polarisation.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

(* Half of the sign vectors begin with 1. *)
Lemma sum_signs (R : rcfType) l : \sum_(s : {ffun 'I_l.+1 -> 'Z_2} | s ord0 == 0) 1 = 2 ^+ l :> R.
Proof.
rewrite big_mkcond (sum_fcons (G := [finZmodType of 'Z_2])) (bigD1 (0 : 'Z_2)) //= [X in _ + X]big1 => [|x x0].
  transitivity (\sum_(a : {ffun 'I_l -> 'Z_2}) (1 : R)).
    by rewrite addr0; apply: eq_bigr => a _; rewrite ifT //; apply/eqP; apply: fcons0.
  by rewrite sumr_const card_ffun !card_ord natrX.
by rewrite big1 // => a _; rewrite ifF //; apply/negbTE; move: x0; apply: contraNN => /eqP <-; apply/eqP/esym/fcons0.
Qed.

Section Network.
Variables (R : rcfType) (C : numClosedFieldType) (toC : {rmorphism R -> C}) (re : C -> R).
Hypothesis reE : forall (z : C) n, (0 < n)%N -> z ^+ n = 1 -> toC (re z) = (z + z^-1) / 2.
Variables l p m : nat.
Hypotheses (p_gt2 : (2 < p)%N) (m_lt : (m + m < p)%N).
Notation k := l.+1.
Notation Zp := [finZmodType of 'Z_p].
Notation sgn s := ((-1) ^+ (nat_of_ord (s : 'Z_2)) : R).

(* Frequency i+1, signs s, phase t pi/(k+1): omega = exp(2 pi i/p), tau = exp(pi i/(k+1)). *)
Definition our_neuron (omega tau : C) (z : {ffun 'I_k -> 'Z_2} * 'I_k.+1 * 'I_m) : neuron R Zp k :=
  Neuron (fun j x => sgn (z.1.1 j) * re (tau ^+ z.1.2 * omega ^+ z.2.+1 ^+ nat_of_ord x))
         (fun c => sgn (\sum_j z.1.1 j) * re (tau ^+ (k * z.1.2) * omega ^+ z.2.+1 ^+ nat_of_ord c)).

Definition our_index : pred ({ffun 'I_k -> 'Z_2} * 'I_k.+1 * 'I_m) := fun z => z.1.1 ord0 == 0.

Definition network_of omega tau : network R Zp k := [seq our_neuron omega tau z | z <- enum our_index].

Lemma p_gt1 : (1 < p)%N. Proof. exact: ltnW. Qed.
Lemma Zp_p : (Zp_trunc p).+2 = p. Proof. exact: Zp_cast p_gt1. Qed.

Section Character.
Variable z : C.
Hypothesis zp : z ^+ p = 1.

Lemma chiD (x y : 'Z_p) : z ^+ nat_of_ord (x + y) = z ^+ x * z ^+ y.
Proof. by rewrite -exprD /= {3}Zp_p expr_mod. Qed.

Lemma chi_neq0 (x : 'Z_p) : z ^+ x != 0.
Proof.
apply/expf_neq0/eqP => e; have := zp; rewrite e expr0n gtn_eqF ?(ltn_trans _ p_gt2) //.
by move=> /eqP; rewrite eq_sym oner_eq0.
Qed.

Lemma chi0 : z ^+ nat_of_ord (0 : 'Z_p) = 1. Proof. by []. Qed.

Lemma chiN (x : 'Z_p) : z ^+ nat_of_ord (- x) = (z ^+ x)^-1.
Proof. by apply: (mulfI (chi_neq0 x)); rewrite mulfV ?chi_neq0 // -chiD subrr. Qed.

Lemma chi_sum (I : finType) (a : I -> 'Z_p) : z ^+ nat_of_ord (\sum_j a j) = \prod_j z ^+ nat_of_ord (a j).
Proof. by rewrite (big_morph (fun x : 'Z_p => z ^+ nat_of_ord x) chiD chi0). Qed.

Lemma sum_chi : \sum_(x : 'Z_p) z ^+ nat_of_ord x = (z == 1)%:R * p%:R.
Proof.
have e : z ^+ (Zp_trunc p).+2 = 1 by rewrite Zp_p.
by rewrite (sum_powers e) Zp_p.
Qed.

End Character.

Variables omega tau : C.
Hypotheses (h_omega : p.-primitive_root omega) (h_tau : k.+1.-primitive_root (tau ^+ 2)).

Lemma omega_p i : (omega ^+ i) ^+ p = 1.
Proof. by rewrite exprAC (prim_expr_order h_omega) expr1n. Qed.

Lemma unit_power e i x : (tau ^+ e * omega ^+ i ^+ x) ^+ (2 * k.+1 * p) = 1.
Proof.
have h1 : (omega ^+ i ^+ x) ^+ (2 * k.+1 * p) = 1.
  by rewrite exprAC [(2 * k.+1 * p)%N]mulnC exprM omega_p !expr1n.
have h2 : (tau ^+ e) ^+ (2 * k.+1 * p) = 1.
  by rewrite exprAC exprM exprM (prim_expr_order h_tau) !expr1n.
by rewrite exprMn h1 h2 mulr1.
Qed.

Lemma cosE e i x : toC (re (tau ^+ e * omega ^+ i ^+ x))
   = (tau ^+ e * omega ^+ i ^+ x + (tau ^+ e * omega ^+ i ^+ x)^-1) / 2.
Proof.
apply: (@reE _ (2 * k.+1 * p)); last exact: unit_power.
by rewrite !muln_gt0 /= (ltn_trans _ p_gt2).
Qed.

Lemma prim_neq0 n (z : C) : n.-primitive_root z -> z != 0.
Proof.
move=> h; apply/eqP => e; have := prim_expr_order h; rewrite e expr0n.
by rewrite gtn_eqF ?(prim_order_gt0 h) // => /eqP; rewrite eq_sym oner_eq0.
Qed.

Lemma tau_neq0 : tau != 0.
Proof. by have := prim_neq0 h_tau; rewrite expf_eq0. Qed.

(* The average over t keeps only the sum of the phases. *)
Lemma average_phase i (a : {ffun 'I_k -> 'Z_p}) (c : 'Z_p) :
  \sum_(t < k.+1) toC ((\prod_j re (tau ^+ t * omega ^+ i ^+ (nat_of_ord (a j))))
                       * re (tau ^+ (k * t) * omega ^+ i ^+ (nat_of_ord c)))
  = k.+1%:R * ((omega ^+ i) ^+ (nat_of_ord (label a - c)) + ((omega ^+ i) ^+ (nat_of_ord (label a - c)))^-1)
    / 2 ^+ k.+1.
Proof.
set eta := omega ^+ i; have hp : eta ^+ p = 1 by apply: omega_p.
pose D (j : 'I_k.+1) := if unlift ord0 j is Some j' then eta ^+ nat_of_ord (a j') else (eta ^+ nat_of_ord c)^-1.
have ee := ends D (ltn0Sn k) h_tau.
have ED : \prod_j D j = eta ^+ nat_of_ord (label a - c).
  rewrite big_ord_recl /D unlift_none mulrC; under eq_bigr do rewrite liftK.
  by rewrite (chiD hp) (chiN hp) (chi_sum hp).
rewrite prodfV ED in ee.
rewrite -ee mulr_suml; apply: eq_bigr => t _.
rewrite rmorphM rmorph_prod /= cosE (eq_bigr _ (fun j _ => cosE _ _ _)) -/eta.
set T := tau ^+ t; have T0 : T != 0 by rewrite expf_neq0 // tau_neq0.
have ET : (tau ^+ 2) ^+ t = T ^+ 2 by rewrite exprAC.
have -> : tau ^+ (k * t) = T ^+ k by rewrite mulnC exprM.
have hT : (T ^+ k) ^+ 2 * T ^+ 2 = 1.
  by rewrite (exprAC T) -exprSr -ET (exprAC (tau ^+ 2) t) (prim_expr_order h_tau) expr1n.
have D0 : D ord0 = (eta ^+ nat_of_ord c)^-1 by rewrite /D unlift_none.
rewrite [\prod_(i < k.+1) _]big_ord_recl D0 invrK ET.
have EA j : (T * eta ^+ nat_of_ord (a j) + (T * eta ^+ nat_of_ord (a j))^-1) / 2
    = (T * 2)^-1 * (T ^+ 2 * D (lift ord0 j) + (D (lift ord0 j))^-1).
  rewrite /D liftK; have := chi_neq0 hp (a j); set A := _ ^+ (a j) => A0.
  by field; rewrite ?T0 ?A0 ?pnatr_eq0.
rewrite (eq_bigr _ (fun j _ => EA j)) big_split /= prodr_const card_ord.
have := chi_neq0 hp c; set B := _ ^+ c => B0; set Q := \prod_i _.
rewrite exprVn exprMn; move: hT; set U := T ^+ k => hT.
have U0 : U != 0 by rewrite expf_neq0.
rewrite -(mulr1_eq hT).
rewrite [2 ^+ k.+1]exprS; have P0 : 2 ^+ k != 0 :> C by rewrite expf_neq0 // pnatr_eq0.
move: P0; set P := 2 ^+ k => P0.
by field; rewrite ?U0 ?B0 ?P0 ?pnatr_eq0.
Qed.

Lemma sum_index (F : {ffun 'I_k -> 'Z_2} -> 'I_k.+1 -> 'I_m -> R) :
  \sum_(z <- enum our_index) F z.1.1 z.1.2 z.2 = \sum_t \sum_i \sum_(s : {ffun 'I_k -> 'Z_2} | s ord0 == 0) F s t i.
Proof.
rewrite big_enum /= [RHS]pair_bigA [RHS]exchange_big [RHS]pair_big /=.
rewrite (reindex (fun z : {ffun 'I_k -> 'Z_2} * ('I_k.+1 * 'I_m) => (z.1, z.2.1, z.2.2))) /=.
  by apply: eq_bigl => z; rewrite andbT.
by exists (fun z => (z.1.1, (z.1.2, z.2))) => [[s [t i]]|[[s t] i]].
Qed.

Lemma logit_waves (a : {ffun 'I_k -> 'Z_p}) (c : 'Z_p) : toC (logit (network_of omega tau) a c)
  = toC (k`!%:R * k.+1%:R / 4) * \sum_(i < m) ((omega ^+ i.+1) ^+ nat_of_ord (label a - c)
                                               + ((omega ^+ i.+1) ^+ nat_of_ord (label a - c))^-1).
Proof.
rewrite /logit big_map /=.
pose x t (i : 'I_m) j := re (tau ^+ t * omega ^+ i.+1 ^+ nat_of_ord (a j)).
pose y t (i : 'I_m) := re (tau ^+ (k * t) * omega ^+ i.+1 ^+ nat_of_ord c).
rewrite (sum_index (fun s t i => (\sum_j sgn (s j) * x t i j) ^+ k * (sgn (\sum_j s j) * y t i))).
transitivity (toC (\sum_(t < k.+1) \sum_(i < m) 2 ^+ l * k`!%:R * ((\prod_j x t i j) * y t i))).
  congr (toC _); apply: eq_bigr => t _; apply: eq_bigr => i _; rewrite mulrA -polar_half mulr_suml.
  by apply: eq_bigr => s _; rewrite mulrA.
rewrite exchange_big /=.
transitivity (\sum_(i < m) toC (2 ^+ l * k`!%:R) * (\sum_(t < k.+1) toC ((\prod_j x t i j) * y t i))).
  rewrite rmorph_sum; apply: eq_bigr => i _; rewrite rmorph_sum mulr_sumr; apply: eq_bigr => t _.
  by rewrite rmorphM.
rewrite -mulr_sumr (eq_bigr _ (fun (i : 'I_m) _ => average_phase i.+1 a c)) -mulr_suml -mulr_sumr.
move: (\sum_(i < m) _) => S; rewrite !rmorphM rmorphX fmorphV !rmorph_nat.
rewrite !exprS; have P0 : 2 ^+ l != 0 :> C by rewrite expf_neq0 // pnatr_eq0.
by move: P0; set P := 2 ^+ l => P0; field; rewrite ?P0.
Qed.

Lemma sum_square e (i : 'I_m) : \sum_(x : 'Z_p) re (tau ^+ e * omega ^+ i.+1 ^+ nat_of_ord x) ^+ 2 = p%:R / 2.
Proof.
apply: (fmorph_inj toC); rewrite rmorph_sum /=.
set eta := omega ^+ i.+1; have hp : eta ^+ p = 1 by apply: omega_p.
have hp2 : (eta ^+ 2) ^+ p = 1 by rewrite exprAC hp expr1n.
have hp2' : (eta ^- 2) ^+ p = 1 by rewrite exprVn hp2 invr1.
have n1 : eta ^+ 2 != 1.
  rewrite -exprM -(prim_order_dvd h_omega) gtnNdvd //.
  by apply: leq_ltn_trans m_lt; rewrite muln2 addnn leq_double.
have n1' : eta ^- 2 != 1 by rewrite invr_eq1.
have s1 := sum_chi hp2; have s2 := sum_chi hp2'.
rewrite (negbTE n1) mul0r in s1; rewrite (negbTE n1') mul0r in s2.
transitivity (\sum_(x : 'Z_p) ((tau ^+ e) ^+ 2 * (eta ^+ 2) ^+ nat_of_ord x / 4
    + (tau ^+ e) ^- 2 * (eta ^- 2) ^+ nat_of_ord x / 4 + 1 / 2)).
  apply: eq_bigr => x _; rewrite rmorphX /= cosE -/eta.
  have := chi_neq0 hp x; rewrite exprVn ![(eta ^+ 2) ^+ _]exprAC; set A := eta ^+ x => A0.
  have T0 : tau ^+ e != 0 by rewrite expf_neq0 // tau_neq0.
  by move: T0; set T := tau ^+ e => T0; field; rewrite T0 A0.
rewrite !big_split /= -!mulr_suml -!mulr_sumr s1 s2 !mulr0 !mul0r !add0r.
by rewrite sumr_const card_ord Zp_p fmorph_div !rmorph_nat.
Qed.

Lemma our_sqnorm z : sqnorm (our_neuron omega tau z) = k.+1%:R * p%:R / 2.
Proof.
have sg (s : 'Z_2) : sgn s ^+ 2 = 1 by rewrite -exprM mulnC exprM sqrrN !expr1n.
rewrite /sqnorm /=.
under eq_bigr do under eq_bigr do rewrite exprMn sg mul1r.
under eq_bigr do rewrite sum_square.
under [X in _ + X]eq_bigr do rewrite exprMn sg mul1r.
by rewrite sum_square sumr_const card_ord -mulrSr -mulr_natl mulrA.
Qed.

Lemma size_our : size (network_of omega tau) = (k.+1 * 2 ^ l * m)%N.
Proof.
apply/eqP; rewrite -(eqr_nat R) -sum1_size natr_sum big_map; apply/eqP.
rewrite (sum_index (fun _ _ _ => 1)) sumr_const card_ord sumr_const card_ord.
rewrite sum_signs.
rewrite -mulrnA -[LHS]mulr_natr -natrX -natrM.
by rewrite [(k.+1 * 2 ^ l)%N]mulnC -mulnA [(k.+1 * m)%N]mulnC.
Qed.

Lemma our_mass : mass (network_of omega tau) = (k.+1 * 2 ^ l * m)%:R * Num.sqrt (k.+1%:R * p%:R / 2) ^+ k.+1.
Proof.
rewrite -size_our /mass -sum1_size natr_sum mulr_suml !big_map; apply: eq_bigr => z _.
by rewrite our_sqnorm mul1r.
Qed.

Lemma attain_identity (a b c K M : R) : a != 0 -> b != 0 -> c != 0 -> M != 0 -> a ^+ 2 - 1 = 2 * M -> b ^+ 2 = 2 ->
  2 * K / ((b * c) ^+ l.+2 * (a ^+ 2 - 1) * a ^+ l) * (c ^+ 2 * 2 ^+ l * M * (c * a / b) ^+ l.+2)
    = K * c ^+ 2 / 4 * a ^+ 2.
Proof.
move=> a0 b0 c0 M0 -> eb; rewrite [(c * a / b) ^+ _]exprMn [(b * c) ^+ _]exprMn [(c * a) ^+ _]exprMn exprVn.
have E (x : R) : x ^+ l.+2 = x ^+ 2 * x ^+ l by rewrite -exprD.
have EP : 2 ^+ l = (b ^+ l) ^+ 2 :> R by rewrite exprAC eb.
rewrite !E EP.
have [A0 B0 C0] : [/\ a ^+ l != 0, b ^+ l != 0 & c ^+ l != 0] by rewrite !expf_neq0.
move: A0 B0 C0; set A := a ^+ l; set B := b ^+ l; set D := c ^+ l => A0 B0 D0.
have -> : 4 = (b ^+ 2) ^+ 2 :> R by rewrite eb; ring.
have -> : 2 * K = b ^+ 2 * K by rewrite eb.
have -> : 2 * M = b ^+ 2 * M by rewrite eb.
by field; rewrite ?a0 ?b0 ?c0 ?M0 ?A0 ?B0 ?D0.
Qed.

(* Odd orders: frequencies 1 to (p-1)/2 are all there are, up to sign. *)
Hypothesis p_half : (m + m).+1 = p.

Lemma sum_freq (d : 'Z_p) :
  \sum_(i < m) ((omega ^+ i.+1) ^+ nat_of_ord d + ((omega ^+ i.+1) ^+ nat_of_ord d)^-1) = (d == 0)%:R * p%:R - 1.
Proof.
have h : (omega ^+ nat_of_ord d) ^+ (m + m).+1 = 1 by rewrite p_half; apply: omega_p.
under eq_bigr do rewrite exprAC.
rewrite (sum_half h) p_half -(prim_order_dvd h_omega) -[d == 0]/(nat_of_ord d == 0%N).
congr (_%:R * _ - _); congr nat_of_bool; case: (posnP (nat_of_ord d)) => [->|d0]; first by rewrite dvdn0.
by rewrite gtnNdvd // -{2}Zp_p.
Qed.

Lemma our_logit (a : {ffun 'I_k -> 'Z_p}) (c : 'Z_p) :
  logit (network_of omega tau) a c = k`!%:R * k.+1%:R / 4 * ((c == label a)%:R * p%:R - 1).
Proof.
apply: (fmorph_inj toC); rewrite logit_waves sum_freq [RHS]rmorphM; congr (_ * _).
by rewrite rmorphB rmorphM !rmorph_nat rmorph1 subr_eq0 eq_sym.
Qed.

Lemma our_value : gamma R k p * mass (network_of omega tau) = k`!%:R * k.+1%:R / 4 * p%:R.
Proof.
rewrite our_mass /gamma [(l.+1 - 1)%N]subn1 succnK.
have -> : (2 * k + 2)%N = (2 * k.+1)%N by rewrite [RHS]mulnS addnC.
have p0 : (0 < p)%N by apply: leq_trans p_gt2.
rewrite [(2 * k.+1)%:R]natrM sqrtrM ?ler0n // sqrtrM ?mulr_ge0 ?ler0n // sqrtrV ?ler0n // sqrtrM ?ler0n //.
rewrite natrB // !natrM natrX.
have [a0 b0 c0] : [/\ Num.sqrt (p%:R : R) != 0, Num.sqrt (2 : R) != 0 & Num.sqrt (k.+1%:R : R) != 0].
  by split; rewrite sqrtr_eq0 -ltNge ltr0n.
have [ea eb ec] : [/\ p%:R = Num.sqrt (p%:R : R) ^+ 2, Num.sqrt (2 : R) ^+ 2 = 2
   & k.+1%:R = Num.sqrt (k.+1%:R : R) ^+ 2] by rewrite !sqr_sqrtr ?ler0n.
have eM : p%:R - 1 = 2 * m%:R :> R.
  by rewrite -[in LHS]p_half mulrSr addrK natrD mulr_natl mulr2n.
have M0 : m%:R != 0 :> R.
  by rewrite pnatr_eq0; apply: contraTneq p_gt2 => m0; rewrite -p_half m0.
move: a0 b0 c0 ea eb ec eM; set a := Num.sqrt p%:R; set b := Num.sqrt 2; set c := Num.sqrt k.+1%:R.
move=> a0 b0 c0 ea eb ec eM.
rewrite ec ea; rewrite ea in eM.
exact: attain_identity.
Qed.

Theorem our_margin : margin_ge (network_of omega tau) (gamma R k p * mass (network_of omega tau)).
Proof.
move=> a c nc; rewrite !our_logit eqxx (negbTE nc) our_value mul1r mul0r -mulrBr.
by rewrite sub0r opprK subrK.
Qed.

End Network.

Lemma unit_Re (R : rcfType) (z : R[i]%C) n : (0 < n)%N -> z ^+ n = 1 ->
  real_complex R (complex.Re z) = (z + z^-1) / 2.
Proof.
move=> n0 zn; have nz : `|z| = 1.
  by apply/eqP; rewrite -(pexpr_eq1 n0) // -normrX zn normr1.
have h : z * conjc z = 1.
  have := add_Re2_Im2 z; rewrite nz expr1n => <-.
  case: z {zn nz} => a b /=; apply/eqP; rewrite eq_complex /=; apply/andP; split; apply/eqP; ring.
by rewrite ReJ_add (mulr1_eq h).
Qed.

Theorem attained (R : rcfType) k p : (0 < k)%N -> (2 < p)%N -> odd p ->
  exists theta : network R [finZmodType of 'Z_p] k,
    [/\ 0 < mass theta, margin_ge theta (gamma R k p * mass theta) & size theta = (k.+1 * 2 ^ k.-1 * p./2)%N].
Proof.
case: k => // l _ p2 op.
have [omega h_omega] := prim_root_exists [numClosedFieldType of R[i]%C] (ltnW (ltnW p2)).
have [sigma h_sigma] := prim_root_exists [numClosedFieldType of R[i]%C] (ltn0Sn l.+1).
have h_tau : l.+2.-primitive_root (sqrtC sigma ^+ 2) by rewrite sqrtCK.
have half : (p./2 + p./2).+1 = p by rewrite addnn -[RHS]odd_double_half op add1n.
have lt : (p./2 + p./2 < p)%N by rewrite half.
exists (@network_of R _ (@complex.Re R) l p p./2 omega (sqrtC sigma)).
split.
- rewrite (our_mass (@unit_Re R) p2 lt h_omega h_tau) mulr_gt0 //.
    by rewrite ltr0n !muln_gt0 expn_gt0 /= half_gt0 ltnW.
  by rewrite exprn_gt0 // sqrtr_gt0 !mulr_gt0 ?invr_gt0 ?ltr0n // (leq_trans _ p2).
- exact: (our_margin (@unit_Re R) p2 lt h_omega h_tau half).
- exact: size_our.
Qed.

