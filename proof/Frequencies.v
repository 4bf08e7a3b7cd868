(* What a network of maximum margin does at one frequency z.  Summed against z^c its logits are M z^(a_1 + .. + a_k): *)
(* only the neurons of frequency z are heard.  Their powers expand into walks; what is heard from the walks that end  *)
(* at (1, .., 1) is the mass of the frequency, the same for all; from every other end nothing may be heard.  So the   *)
(* phases are a design, and the frequency needs as many neurons as a design needs points.                             *)
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import cyclic cyclotomic.
From mathcomp Require Import ring.
From FourierMargin Require Import Statement Correlation Multilinear UpperBound Construction Scaling.
From FourierMargin Require Import Waves Equality Tight Form Walks.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Lemma tight_Zp (R : rcfType) k p (theta : network R (Z_ p) k.+1) : (2 < p)%N -> odd p ->
  margin_ge theta (gamma R k.+1 p * mass theta) -> forall t, List.In t theta -> total t = best t.
Proof.
move=> p2 op tm; have p1 := ltnW p2.
by apply: (tight_neurons (odd_Zp p2 op)); rewrite ?card_Zp_.
Qed.

Section Frequencies.
Variables (R : rcfType) (C : numClosedFieldType) (toC : {rmorphism R -> C}).
Hypotheses (toC_conj : forall x, (toC x)^* = toC x) (toC_gt0 : forall x, 0 < x -> 0 < toC x).
Variables (l p : nat).
Notation k := l.+2.
Hypotheses (p_gt2 : (2 < p)%N) (p_odd : odd p).
Variable theta : network R (Z_ p) k.
Hypotheses (theta_max : margin_ge theta (gamma R k p * mass theta)) (theta_gt0 : 0 < mass theta).
Variable omega : C.
Hypothesis h_omega : p.-primitive_root omega.
Notation hat := (hat toC).
Notation N := (p%:R : C).
Let p_gt1 : (1 < p)%N. Proof. exact: ltnW. Qed.
Let N_neq0 : N != 0. Proof. by rewrite pnatr_eq0 -lt0n ltnW. Qed.
Let odd_G := odd_Zp p_gt2 p_odd.
Let G_gt1 : (1 < #|Z_ p|)%N. Proof. by rewrite card_Zp_. Qed.

Definition margin_of : C := toC (gamma R k p * mass theta).
Lemma margin_of_neq0 : margin_of != 0.
Proof. by rewrite fmorph_eq0 mulf_neq0 ?lt0r_neq0 // gamma_gt0. Qed.

Section OneFrequency.
Variable z : C.
Hypotheses (zp : z ^+ p = 1) (z1 : z != 1).
Let z0 := root_neq0 p_gt2 zp.

(* The logits against the wave z^c. *)
Lemma heard (a : {ffun 'I_k -> Z_ p}) :
  \sum_(t <- theta) toC ((\sum_j inp t j (a j)) ^+ k) * hat (out t) z = margin_of * z ^+ nat_of_ord (label a).
Proof.
transitivity (\sum_(c : Z_ p) toC (logit theta a c) * z ^+ nat_of_ord c).
  rewrite /logit; under [RHS]eq_bigr do rewrite rmorph_sum mulr_suml.
  rewrite [RHS]exchange_big; apply: eq_bigr => t _; rewrite mulr_sumr; apply: eq_bigr => c _.
  by rewrite rmorphM mulrA.
have eq_m c : c != label a -> logit theta a c = logit theta a (label a) - gamma R k p * mass theta.
  move=> ca; have := tight_margins odd_G (ltn0Sn _) G_gt1 (theta := theta).
  rewrite card_Zp_ // => /(_ theta_max a c ca) <-.
  by rewrite subKr.
have S0 := sum_wave p_gt2 zp; rewrite (negbTE z1) mul0r in S0.
have S1 : \sum_(c : Z_ p | c != label a) z ^+ nat_of_ord c = - z ^+ nat_of_ord (label a).
  by apply: (addrI (z ^+ nat_of_ord (label a))); rewrite subrr -[RHS]S0 [RHS](bigD1 (label a)).
rewrite (bigD1 (label a)) //= (eq_bigr (fun c : Z_ p =>
  (toC (logit theta a (label a)) - margin_of) * z ^+ nat_of_ord c)); last first.
  by move=> c ca; rewrite (eq_m _ ca) rmorphB.
by rewrite -mulr_sumr S1 mulrN mulrBl opprB addrC subrK.
Qed.

(* A neuron that is heard at z, in the coordinates of z. *)
Definition coordinates (t : neuron R (Z_ p) k) (r : C) (xi : 'I_k -> C) := [/\ 0 < r, forall j, `|xi j| = 1,
  forall j x, toC (inp t j x) = r * (xi j * z ^+ nat_of_ord x + (xi j * z ^+ nat_of_ord x)^-1),
  forall x, toC (out t x) = r * ((\prod_j xi j) * z ^+ nat_of_ord x + ((\prod_j xi j) * z ^+ nat_of_ord x)^-1)
  & hat (out t) z = N * r * (\prod_j xi j)^-1].

Lemma neuron_at t : List.In t theta -> hat (out t) z != 0 -> exists rx, coordinates t rx.1 rx.2.
Proof.
move=> tin hz; have best_t := tight_Zp p_gt2 p_odd theta_max tin.
have live : sqnorm t != 0.
  apply: contra hz => s0; apply/eqP/big1 => x _.
  have : out_energy t == 0.
    move: s0; rewrite sqnormE paddr_eq0 ?out_energy_ge0 // => [/andP[]//|].
    by apply: sumr_ge0 => j _; apply: energy_ge0.
  rewrite psumr_eq0 => [/allP/(_ x (mem_index_enum x))|y _]; last exact: sqr_ge0.
  by rewrite /= sqrf_eq0 => /eqP ->; rewrite rmorph0 mul0r.
have z2 : z * z != 1.
  apply: contra (root_neqV p_gt2 p_odd zp z1) => /eqP e; apply/eqP.
  by apply: (mulfI z0); rewrite e mulfV.
have [y [r [xi [yp y1 r0 x1 [fi fo]]]]] := neuron_form toC_conj toC_gt0 p_gt2 p_odd h_omega live best_t.
have h := hat_wave p_gt2 yp zp fo; move: hz; rewrite h.
have [/eqP e|_] := boolP (y^-1 * z == 1).
  have e' : z = y by rewrite -[LHS](mulVKf (root_neq0 p_gt2 yp)) e mulr1.
  rewrite -e' in h fi fo; exists (r, xi); split=> //=.
  by rewrite h (negbTE z2) mulVf // eqxx mulr0 add0r mulr1.
have [e _|_] := eqVneq (y * z) 1; last by rewrite !mulr0 addr0 mulr0 eqxx.
have e' : y = z^-1 by apply: (mulIf z0); rewrite e mulVf.
have flip c x : c * y ^+ x + (c * y ^+ x)^-1 = c^-1 * z ^+ x + (c^-1 * z ^+ x)^-1.
  by rewrite e' exprVn [RHS]addrC !invfM !invrK.
exists (r, fun j => (xi j)^-1); rewrite /coordinates /= prodfV; split=> // [j|j x|x|].
- by rewrite normfV x1 invr1.
- by rewrite fi flip.
- by rewrite fo flip.
by rewrite h e' invrK (negbTE z2) mulVf // eqxx mulr0 addr0 mulr1 invrK.
Qed.

(* The neurons that are heard at z, as a finite type. *)
Definition heard_set := [set i : 'I_(size theta) | hat (out (tnth (in_tuple theta) i)) z != 0].
Notation I := 'I_#|heard_set|.
Definition heard_neuron (i : I) := tnth (in_tuple theta) (enum_val i).

Lemma In_tnth (i : 'I_(size theta)) : List.In (tnth (in_tuple theta) i) theta.
Proof.
rewrite (tnth_nth (tnth (in_tuple theta) i)) /=; move: (tnth _ i) (nat_of_ord i) (ltn_ord i) => t0.
by elim: (theta) => // t s IH [|n] h /=; [left | right; apply: IH].
Qed.

Lemma heard_coordinates : exists (r : I -> C) (xi : I -> 'I_k -> C),
  forall i, coordinates (heard_neuron i) (r i) (xi i).
Proof.
have h i : exists rx, coordinates (heard_neuron i) rx.1 rx.2.
  by apply: neuron_at; [apply: In_tnth | have := enum_valP i; rewrite inE].
by have [f hf] := fin_all_exists h; exists (fun i => (f i).1), (fun i => (f i).2).
Qed.

Lemma heard_sum (a : {ffun 'I_k -> Z_ p}) :
  \sum_i toC ((\sum_j inp (heard_neuron i) j (a j)) ^+ k) * hat (out (heard_neuron i)) z
    = margin_of * z ^+ nat_of_ord (label a).
Proof.
rewrite -heard [RHS]big_tnth [RHS](bigID (mem heard_set)) /= [X in _ = _ + X]big1 ?addr0 => [|i].
  by rewrite [RHS]big_enum_val.
by rewrite inE negbK => /eqP ->; rewrite mulr0.
Qed.

(* Li24, Theorem 4.1.3. *)
Lemma heard_somewhere : exists t, List.In t theta /\ exists rx, coordinates t rx.1 rx.2.
Proof.
have [i|I0] := pickP (mem heard_set).
  by rewrite /= inE => /neuron_at h; have tin := In_tnth i; eexists; split; [exact: tin | exact: h].
have := heard_sum [ffun => 0]; rewrite big1 => [/esym/eqP|i _].
  by rewrite mulf_eq0 (negbTE margin_of_neq0) expf_eq0 (negbTE z0) andbF.
by have := enum_valP i; rewrite [_ \in _]I0.
Qed.

Section Phases.
Variables (r : I -> C) (xi : I -> 'I_k -> C).
Hypothesis co : forall i, coordinates (heard_neuron i) (r i) (xi i).

Lemma xi_neq0 i j : xi i j != 0.
Proof. by have [_ x1 _ _ _] := co i; rewrite -normr_eq0 x1 oner_eq0. Qed.

Lemma heard_power (a : {ffun 'I_k -> Z_ p}) : N * (\sum_i r i ^+ k.+1 * (\prod_j xi i j)^-1 *
    \sum_(g : {ffun 'I_k -> 'I_k * bool}) \prod_j (xi i j * z ^+ nat_of_ord (a j)) ^ steps g j)
  = margin_of * z ^+ nat_of_ord (label a).
Proof.
rewrite -heard_sum mulr_sumr; apply: eq_bigr => i _; have [_ _ fi _ ->] := co i.
rewrite rmorphX rmorph_sum (eq_bigr _ (fun j _ => fi j (a j))) -mulr_sumr exprMn walk_expand => [|j].
  have id (A B D S n : C) : n * (A * B * D * S) = A * S * (n * B * D) by ring.
  by rewrite [r i ^+ l.+3]exprSr id.
by rewrite mulf_neq0 ?xi_neq0 ?expf_neq0.
Qed.

Lemma root_sum m : \sum_(x : Z_ p) (z ^+ nat_of_ord x) ^ m = (z ^ m == 1)%:R * N.
Proof.
have zm : (z ^ m) ^+ p = 1 by rewrite -[LHS]/((z ^ m) ^ p%:Z) exprzAC [z ^ p]zp exp1rz.
by rewrite -(sum_wave p_gt2 zm); apply: eq_bigr => x _; rewrite -[RHS]/((z ^ m) ^ x%:Z) exprzAC.
Qed.

(* What is heard from the walks that end at e, (1, .., 1) subtracted. *)
Definition loudness (e : 'I_k -> int) : C := \sum_i r i ^+ k.+1 * \prod_j xi i j ^ (e j - 1).
Definition agree (e e' : 'I_k -> int) : C := \prod_j ((z ^ (e j - e' j) == 1)%:R * N).

Lemma balance e : margin_of * agree (fun=> 1) e = N * \sum_g loudness (steps g) * agree (steps g) e.
Proof.
transitivity (\sum_(a : {ffun 'I_k -> Z_ p}) margin_of * z ^+ nat_of_ord (label a) *
    \prod_j (z ^+ nat_of_ord (a j)) ^ (- e j)).
  transitivity (\sum_(a : {ffun 'I_k -> Z_ p}) margin_of * \prod_j (z ^+ nat_of_ord (a j)) ^ (1 - e j)).
    rewrite -mulr_sumr -(bigA_distr_bigA (fun j (x : Z_ p) => (z ^+ nat_of_ord x) ^ (1 - e j))) /=; congr (_ * _).
    by apply: eq_bigr => j _; rewrite root_sum.
  apply: eq_bigr => a _; rewrite -mulrA /label (chi_sum p_gt2 zp) -big_split; congr (_ * _).
  by apply: eq_bigr => j _ /=; rewrite expfzDr ?expr1z ?expf_neq0.
pose P (a : {ffun 'I_k -> Z_ p}) i (g : {ffun 'I_k -> 'I_k * bool}) :=
  \prod_j (xi i j * z ^+ nat_of_ord (a j)) ^ steps g j.
pose Q (a : {ffun 'I_k -> Z_ p}) := \prod_j (z ^+ nat_of_ord (a j)) ^ (- e j).
pose A i := r i ^+ k.+1 * (\prod_j xi i j)^-1.
transitivity (N * \sum_a \sum_g \sum_i A i * (P a i g * Q a)).
  rewrite mulr_sumr; apply: eq_bigr => a _; rewrite -heard_power -mulrA; congr (_ * _).
  rewrite exchange_big mulr_suml; apply: eq_bigr => i _; rewrite -mulrA -mulr_sumr; congr (_ * _).
  by rewrite mulr_suml.
congr (_ * _); rewrite exchange_big; apply: eq_bigr => g _; rewrite exchange_big mulr_suml; apply: eq_bigr => i _.
have -> : \prod_j xi i j ^ (steps g j - 1) = (\prod_j xi i j)^-1 * \prod_j xi i j ^ steps g j.
  by rewrite -prodfV -big_split; apply: eq_bigr => j _ /=; rewrite expfzDr ?xi_neq0 // exprN1 mulrC.
rewrite -mulr_sumr mulrA -/(A i) -mulrA; move: (A i) => Ai; congr (Ai * _); rewrite -big_split /=.
transitivity (\sum_(a : {ffun 'I_k -> Z_ p})
    \prod_j (xi i j ^ steps g j * (z ^+ nat_of_ord (a j)) ^ (steps g j - e j))).
  apply: eq_bigr => a _; rewrite -big_split; apply: eq_bigr => j _ /=.
  by rewrite expfzMl -mulrA -expfzDr ?expf_neq0.
rewrite -(bigA_distr_bigA (fun j (x : Z_ p) => xi i j ^ steps g j * (z ^+ nat_of_ord x) ^ (steps g j - e j))) /=.
by apply: eq_bigr => j _; rewrite -mulr_sumr root_sum.
Qed.

Lemma agree1 e e' : (forall j, z ^ (e j - e' j) = 1) -> agree e e' = N ^+ k.
Proof.
move=> h; rewrite /agree (eq_bigr (fun=> N)) ?prodr_const ?card_ord // => j _.
by rewrite h eqxx mul1r.
Qed.
Lemma agree0 e e' j : z ^ (e j - e' j) != 1 -> agree e e' = 0.
Proof. by move=> h; rewrite /agree (bigD1 j) //= (negbTE h) !mul0r. Qed.

Hypothesis free : forall e e', @walk k e -> @walk k e' -> (forall j, z ^ (e j - e' j) = 1) -> forall j, e j = e' j.

Lemma one_end e : walk e -> exists2 w, (0 < w)%N & margin_of * agree (fun=> 1) e = N * (loudness e * N ^+ k) *+ w.
Proof.
move=> we; pose E := [pred g : {ffun 'I_k -> 'I_k * bool} | [forall j, steps g j == e j]].
exists #|E|; first by have [g hg] := reach we; apply/card_gt0P; exists g; apply/forallP => j; rewrite hg.
rewrite balance (bigID E) /= [X in _ * (_ + X)]big1 ?addr0 => [|g /forallPn ne].
  rewrite -mulrnAr -sumr_const; congr (_ * _); apply: eq_bigr => g /forallP eg.
  have ee j : steps g j = e j by apply/eqP.
  rewrite agree1 => [|j]; last by rewrite ee subrr expr0z.
  by congr (_ * _); apply: eq_bigr => i _; congr (_ * _); apply: eq_bigr => j _; rewrite ee.
have [j nj] : exists j, z ^ (steps g j - e j) != 1.
  apply/existsP; rewrite -negb_forall; apply/negP => /forallP h; case: ne => j /eqP[].
  by apply: free (walk_steps g) we _ j => i; apply/eqP.
by rewrite (agree0 nj) mulr0.
Qed.

Lemma walk1 : @walk k (fun=> 1).
Proof. by rewrite /walk sum_nat_const card_ord muln1 leqnn eqxx. Qed.

Lemma phases_design : design (fun i => r i ^+ k.+1 / loudness (fun=> 1)) xi.
Proof.
have E1 : loudness (fun=> 1) = \sum_i r i ^+ k.+1.
  by apply: eq_bigr => i _; rewrite big1 ?mulr1 // => j _; rewrite subrr expr0z.
have r_ge0 i : 0 <= r i ^+ k.+1 by have [r0 _ _ _ _] := co i; rewrite exprn_ge0 ?ltW.
have S0 : loudness (fun=> 1) != 0.
  apply/eqP => h; have [w _] := one_end walk1; rewrite h mul0r mulr0 mul0rn => /eqP.
  by rewrite agree1 => [|j]; rewrite ?subrr ?expr0z // mulf_eq0 (negbTE margin_of_neq0) expf_eq0 (negbTE N_neq0).
split=> [i||i j|e we [j ne]].
- by rewrite divr_ge0 // E1 sumr_ge0.
- by rewrite -mulr_suml -E1 mulfV.
- by have [_ x1 _ _ _] := co i.
have [w w0] := one_end we.
have [j' nj] : exists j, z ^ (1 - e j) != 1.
  apply/existsP; rewrite -negb_forall; apply: contra ne => /forallP h; rewrite eq_sym; apply/eqP.
  by apply: free walk1 we _ j => i; apply/eqP.
rewrite (@agree0 (fun=> 1) _ j') // mulr0 => /esym/eqP; rewrite mulrn_eq0 -leqn0 leqNgt w0 /=.
have Nk : N ^+ k != 0 by rewrite expf_neq0.
rewrite mulf_eq0 (negbTE N_neq0) mulf_eq0 (negbTE Nk) orbF /= => /eqP h.
rewrite -[RHS](mul0r (loudness (fun=> 1))^-1) -h /loudness mulr_suml; apply: eq_bigr => i _.
by rewrite mulrAC.
Qed.

End Phases.
End OneFrequency.
End Frequencies.
