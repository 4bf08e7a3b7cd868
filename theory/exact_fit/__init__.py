"""How few quadratic neurons fit addition mod p exactly: bounds with proofs, and exact networks (ours; MAIS-O62)."""
