(* What is proved, and about what.  This file has to be believed rather than checked: it defines networks, margin,    *)
(* norm and phase designs as the papers do, and says what the theorems say.  Theorems.v proves each sentence; the     *)
(* kernel of Coq accepts the proofs without any axiom.  R is any real closed field, R[i] its complex numbers.         *)
From mathcomp Require Import all_ssreflect all_algebra complex.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory.
Local Open Scope ring_scope. Local Open Scope complex_scope.

(* The network of Li24, Section 3, on a finite abelian group G with k inputs. *)
Section Network.
Variables (R : rcfType) (G : finZmodType) (k : nat).
Record neuron := Neuron { inp : 'I_k -> G -> R (* u_1, ..., u_k *); out : G -> R (* w *) }.
Definition network := seq neuron.

(* f(theta, a)[c] = sum over neurons of (u_1(a_1) + ... + u_k(a_k))^k w(c). *)
Definition logit (theta : network) (a : {ffun 'I_k -> G}) (c : G) : R :=
  \sum_(n <- theta) (\sum_j inp n j (a j)) ^+ k * out n c.
(* The task: the right answer to a is a_1 + ... + a_k. *)
Definition label (a : {ffun 'I_k -> G}) : G := \sum_j a j.
(* On every input the right logit beats every other by m: the margin is at least m. *)
Definition margin_ge (theta : network) (m : R) : Prop :=
  forall a c, c != label a -> m <= logit theta a (label a) - logit theta a c.
(* The squared 2-norm of a neuron, and the (k+1)-st power of the norm of the network, ||theta||_{2,k+1}. *)
Definition sqnorm (n : neuron) : R := \sum_j \sum_x inp n j x ^+ 2 + \sum_x out n x ^+ 2.
Definition mass (theta : network) : R := \sum_(n <- theta) Num.sqrt (sqnorm n) ^+ k.+1.
(* The maximum margin gamma* at odd p, and networks that have it. *)
Definition gamma (p : nat) : R :=
  2 * k`!%:R / (Num.sqrt (2 * k + 2)%:R ^+ k.+1 * (p - 1)%:R * Num.sqrt p%:R ^+ (k - 1)).
(* The same at even p, where the frequency p/2 has no phase and counts for more. *)
Definition gamma_even (p : nat) : R :=
  2 * k`!%:R / (Num.sqrt (2 * k + 2)%:R ^+ k.+1 * (p%:R - 2 + Num.sqrt 2 ^- (k - 1)) * Num.sqrt p%:R ^+ (k - 1)).
Definition attains (theta : network) : Prop := 0 < mass theta /\ margin_ge theta (gamma #|G| * mass theta).
End Network.

Notation Z_ p := [finZmodType of 'Z_p].
(* A neuron of frequency z = exp(2 pi i zeta/p): u_j(x) = r cos(t_j + 2 pi zeta x/p) with xi_j = exp(i t_j), and w is *)
(* the same with phase t_1 + ... + t_k; Re is the real part of a complex number. *)
Definition of_frequency (R : rcfType) k p (z : R[i]) (n : neuron R (Z_ p) k) := exists (r : R) (xi : 'I_k -> R[i]),
  [/\ 0 < r, forall j, `|xi j| = 1, forall j (x : 'Z_p), inp n j x = r * complex.Re (xi j * z ^+ x)
    & forall x : 'Z_p, out n x = r * complex.Re ((\prod_j xi j) * z ^+ x)].

(* Weighted points on the k-dimensional torus; moments sum_i q_i xi_i1^(m_1) ... xi_ik^(m_k).                         *)
Section Design.
Variables (C : numClosedFieldType) (k : nat) (I : finType).
Definition moment (q : I -> C) (xi : I -> 'I_k -> C) (m : 'I_k -> int) : C := \sum_i q i * \prod_j xi i j ^ m j.
(* n is where a walk of k unit steps from 0 can end: |n_1| + ... + |n_k| is at most k and has its parity. *)
Definition walk (n : 'I_k -> int) : bool := (\sum_j `|n j| <= k)%N && (odd (\sum_j `|n j|) == odd k).
Definition design (q : I -> C) (xi : I -> 'I_k -> C) : Prop :=
  [/\ forall i, 0 <= q i, \sum_i q i = 1, forall i j, `|xi i j| = 1
    & forall n, walk n -> (exists j, n j != 1) -> moment q xi (fun j => n j - 1) = 0].
End Design.

(* ------------------------------------------------ The theorems -------------------------------------------------- *)

(* No network of any width has a larger margin, on any finite abelian group without elements of order two. *)
Definition upper_bound : Prop := forall (R : rcfType) (G : finZmodType) k (theta : network R G k) m,
  (0 < k)%N -> (1 < #|G|)%N -> (forall x : G, x + x = 0 -> x = 0) ->
  margin_ge theta m -> m <= gamma R k #|G| * mass theta.

(* Li24, Theorem 4.1.1: gamma* is the largest margin at norm one; (k+1) 2^(k-2) (p-1) neurons, or more, have it. *)
Definition maximum_margin : Prop := forall (R : rcfType) k p, (0 < k)%N -> (2 < p)%N -> odd p ->
  (forall theta : network R (Z_ p) k, mass theta <= 1 -> forall m, margin_ge theta m -> m <= gamma R k p) /\
  forall width, (k.+1 * 2 ^ k.-1 * p./2 <= width)%N -> exists theta : network R (Z_ p) k,
    [/\ mass theta = 1, margin_ge theta (gamma R k p) & size theta = width].

(* Even orders: another value, and 2^(k-1) neurons more. *)
Definition maximum_margin_even : Prop := forall (R : rcfType) k p, (0 < k)%N -> (2 < p)%N -> ~~ odd p ->
  (forall theta : network R (Z_ p) k, mass theta <= 1 -> forall m, margin_ge theta m -> m <= gamma_even R k p) /\
  forall width, (k.+1 * 2 ^ k.-1 * (p./2 - 1) + 2 ^ k.-1 <= width)%N -> exists theta : network R (Z_ p) k,
    [/\ mass theta = 1, margin_ge theta (gamma_even R k p) & size theta = width].

(* Li24, Theorem 4.1.2: in a network that attains gamma*, every neuron that is not zero is a wave of one frequency.   *)
Definition single_frequency : Prop := forall (R : rcfType) k p (theta : network R (Z_ p) k) n,
  (1 < k)%N -> (2 < p)%N -> odd p -> attains theta -> List.In n theta -> sqnorm n != 0 ->
  exists z, [/\ z ^+ p = 1, z != 1 & of_frequency z n].

(* Li24, Theorem 4.1.3: every frequency occurs in it. *)
Definition every_frequency : Prop := forall (R : rcfType) k p (theta : network R (Z_ p) k) z,
  (1 < k)%N -> (2 < p)%N -> odd p -> attains theta -> z ^+ p = 1 -> z != 1 ->
  exists n, List.In n theta /\ of_frequency z n.

(* Where p has no prime factor up to k, fewer do not attain it (k <= 5), nor fewer than 3 2^(k-2) (p-1) (k >= 2). *)
Definition free k p : Prop := [/\ (2 < p)%N, odd p & forall d, prime d -> (d %| p)%N -> (k < d)%N].
Definition least_width : Prop := forall (R : rcfType) k p (theta : network R (Z_ p) k),
  (0 < k <= 5)%N -> free k p -> attains theta -> (k.+1 * 2 ^ k.-1 * p./2 <= size theta)%N.
Definition width_every_k : Prop := forall (R : rcfType) k p (theta : network R (Z_ p) k),
  (1 < k)%N -> free k p -> attains theta -> (3 * 2 ^ k.-1 * p./2 <= size theta)%N.

(* Morwani23, Theorem 7: its value is gamma* at k = 2; and gamma* squared is rational, in this form. *)
Definition two_inputs : Prop := forall (R : rcfType) p, (1 < p)%N ->
  gamma R 2 p = Num.sqrt (2 / 27) / (Num.sqrt p%:R * (p - 1)%:R).
Definition gamma_square : Prop := forall (R : rcfType) k p, (0 < p)%N ->
  gamma R k p ^+ 2 = (4 * k`!%:R ^+ 2) / ((2 * k + 2)%:R ^+ k.+1 * (p - 1)%:R ^+ 2 * p%:R ^+ (k - 1)).

(* A design with (k+1) 2^(k-1) points exists for every k; for k up to five none has fewer. *)
Definition design_exists : Prop := forall (C : numClosedFieldType) k, (0 < k)%N ->
  exists (I : finType) (q : I -> C) (xi : I -> 'I_k -> C), design q xi /\ #|I| = (k.+1 * 2 ^ k.-1)%N.
Definition design_width : Prop := forall (C : numClosedFieldType) k (I : finType) (q : I -> C) (xi : I -> 'I_k -> C),
  (0 < k <= 5)%N -> design q xi -> (k.+1 * 2 ^ k.-1 <= #|I|)%N.
