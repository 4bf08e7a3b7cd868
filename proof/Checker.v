(* The checker of certificates, as a programme on integers that the kernel runs.                                      *)
(* A certificate is a list of squares w |sum_h v_h z^h|^2 with w >= 0.  Their sum is a trigonometric polynomial B. The*)
(* checker expands B, adds up its constant term and the positive coefficients outside the unwanted exponents ("cap"), *)
(* and asks whether B(1,..,1) > (n-1) cap.  Soundness.v proves that then every design has at least n points.          *)
(* For five inputs these are seven million products.  So an exponent is packed into one number, whose digits are its  *)
(* entries: differences of exponents are differences of numbers, and a coefficient is found by the bits of its number.*)
From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra all_fingroup.
From mathcomp Require Import ssrZ zify ring.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import GRing.Theory Num.Theory Order.TTheory.
Local Open Scope ring_scope.

Definition exponent := seq Z.
Definition vector := seq (exponent * Z).
Definition certificate := seq (Z * vector).

(* n = m + (1, .., 1) is where a walk of k unit steps can end. *)
Definition walkZ (k : nat) (m : exponent) : bool :=
  let n := sumn [seq `|int_of_Z (x + 1)|%N | x <- m] in (n <= k)%N && (odd n == odd k).

Definition sub k (m n : exponent) : exponent := mkseq (fun j => nth 0 m j - nth 0 n j) k.
Definition opp (m : exponent) : exponent := map Z.opp m.

(* An exponent with entries from -16 to 16 as a number in base 33. *)
Definition pack (m : exponent) : Z := foldr (fun x a => Z.add x (Z.mul 33 a)) Z0 m.
Fixpoint unpack (k : nat) (z : Z) : exponent :=
  if k is k'.+1 then let x := Z.sub (Z.modulo (Z.add z 16) 33) 16 in x :: unpack k' (Z.div (Z.sub z x) 33) else [::].

(* Exponents that differ by a sign have one key. *)
Definition key (z : Z) : positive := match z with Z0 => xH | Zpos p | Zneg p => xO p end.
Definition unkey (p : positive) : Z := if p is xO q then Zpos q else Z0.

(* Coefficients in a binary tree, found by the bits of their keys. *)
Inductive tree := Leaf | Node of tree & Z & tree.
Fixpoint add (p : positive) (c : Z) (t : tree) : tree :=
  match p, t with
  | xH, Leaf => Node Leaf c Leaf
  | xH, Node l b r => Node l (Z.add b c) r
  | xO p', Leaf => Node (add p' c Leaf) Z0 Leaf
  | xO p', Node l b r => Node (add p' c l) b r
  | xI p', Leaf => Node Leaf Z0 (add p' c Leaf)
  | xI p', Node l b r => Node l b (add p' c r)
  end.

(* w |sum_h v_h z^h|^2, each pair of terms once. *)
Fixpoint row (z c : Z) (v : seq (Z * Z)) (t : tree) : tree :=
  if v is g :: v' then row z c v' (add (key (Z.sub z g.1)) (Z.mul c g.2) t) else t.
Fixpoint square (w : Z) (v : seq (Z * Z)) (t : tree) : tree :=
  if v is h :: v' then
    let c := Z.mul w h.2 in square w v' (row h.1 (Z.add c c) v' (add xH (Z.mul c h.2) t))
  else t.
Definition expand (cert : certificate) : tree :=
  foldr (fun wv t => square wv.1 [seq (pack h.1, h.2) | h <- wv.2] t) Leaf cert.

(* The same with exponents equal up to permutation and sign collected.  A node is found by f, a prefix to its bits. *)
Definition canon (m : exponent) : exponent :=
  let a := sort Z.leb m in let b := sort Z.leb (opp m) in if Z.leb (pack a) (pack b) then a else b.
Fixpoint collect k (f : positive -> positive) (t acc : tree) : tree :=
  if t is Node l c r then
    collect k (fun p => f (xO p)) l (collect k (fun p => f (xI p)) r
      (if Z.eqb c Z0 then acc else add (key (pack (canon (unpack k (unkey (f xH)))))) c acc))
  else acc.

(* What a collected coefficient can add: the constant term itself, nothing if unwanted, else its positive part. *)
Definition entry k (m : exponent) (c : Z) : Z :=
  if all (fun e => e == 0) m then c else if walkZ k m || walkZ k (opp m) then 0 else Z.max 0 c.
Fixpoint cap k (f : positive -> positive) (t : tree) : Z :=
  if t is Node l c r then
    cap k (fun p => f (xO p)) l + ((if Z.eqb c Z0 then 0 else entry k (unpack k (unkey (f xH))) c)
      + cap k (fun p => f (xI p)) r)
  else 0.

Definition at_one (cert : certificate) : Z :=
  foldr (fun wv a => (let s := foldr (fun h a => h.2 + a) 0 wv.2 in wv.1 * (s * s)) + a) 0 cert.

(* Entries small enough for their differences to be packed. *)
Definition fits k (m : exponent) : bool := (size m == k) && all (fun x => Z.leb (-8) x && Z.leb x 8) m.

Definition check k (cert : certificate) (n : Z) : bool :=
  let d := cap k id (collect k id (expand cert) Leaf) in
  [&& all (fun wv => Z.leb 0 wv.1 && all (fun h => fits k h.1) wv.2) cert, Z.leb 0 d
    & Z.ltb ((n - 1) * d) (at_one cert)].
