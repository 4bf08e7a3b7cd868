"""Diagnosis of any network on an algebraic task: what it computes, in which frequencies, and where a margin went."""
