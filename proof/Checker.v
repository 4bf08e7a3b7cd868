(* The checker of certificates, as a programme on integers that the kernel runs.                                      *)
(* A certificate is a list of squares w |sum_h v_h z^h|^2 with w >= 0.  Their sum is a trigonometric polynomial B. The*)
(* checker expands B, adds up its constant term and the positive coefficients outside the unwanted exponents ("cap"), *)
(* and asks whether B(1,..,1) > (n-1) cap.  Soundness.v proves that then every design has at least n points.          *)
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

(* Coefficients are collected in a binary tree; exponents equal up to a permutation and a sign are one. *)
Inductive trie := Leaf | Node of trie & seq (exponent * Z) & trie.

Fixpoint bucket (m : exponent) (c : Z) (b : seq (exponent * Z)) : seq (exponent * Z) :=
  if b is x :: b' then (if m == x.1 then (m, x.2 + c) :: b' else x :: bucket m c b') else [:: (m, c)].

Fixpoint add (p : positive) (m : exponent) (c : Z) (t : trie) : trie :=
  match p, t with
  | xH, Leaf => Node Leaf [:: (m, c)] Leaf
  | xH, Node l b r => Node l (bucket m c b) r
  | xO p', Leaf => Node (add p' m c Leaf) [::] Leaf
  | xO p', Node l b r => Node (add p' m c l) b r
  | xI p', Leaf => Node Leaf [::] (add p' m c Leaf)
  | xI p', Node l b r => Node l b (add p' m c r)
  end.

Definition code (m : exponent) : Z := foldl (fun a x => Z.add (Z.mul a 64) (Z.add x 32)) Z.one m.
Definition opp (m : exponent) : exponent := map Z.opp m.
Definition canon (m : exponent) : exponent :=
  let a := sort Z.leb m in let b := sort Z.leb (opp m) in if Z.leb (code a) (code b) then a else b.

Definition add_pair k (w : Z) (h g : exponent * Z) (t : trie) : trie :=
  let m := canon (sub k h.1 g.1) in add (Z.to_pos (code m)) m (w * (h.2 * g.2)) t.
Definition add_vector k w (v : vector) (t : trie) : trie :=
  foldr (fun h t => foldr (fun g t => add_pair k w h g t) t v) t v.
Definition expand k (cert : certificate) : trie :=
  foldr (fun wv t => add_vector k wv.1 wv.2 t) Leaf cert.

(* What a collected coefficient can add: the constant term itself, nothing if unwanted, else its positive part. *)
Definition entry k (x : exponent * Z) : Z :=
  if all (fun e => e == 0) x.1 then x.2
  else if (size x.1 == k) && (walkZ k x.1 || walkZ k (opp x.1)) then 0 else Z.max 0 x.2.
Fixpoint cap k (t : trie) : Z :=
  if t is Node l b r then cap k l + (foldr (fun x a => entry k x + a) 0 b + cap k r) else 0.

Definition at_one (cert : certificate) : Z :=
  foldr (fun wv a => (let s := foldr (fun h a => h.2 + a) 0 wv.2 in wv.1 * (s * s)) + a) 0 cert.

Definition check k (cert : certificate) (n : Z) : bool :=
  let d := cap k (expand k cert) in
  [&& all (fun wv => Z.leb 0 wv.1) cert, Z.leb 0 d & Z.ltb ((n - 1) * d) (at_one cert)].
