"""The checks of one network, one idea per file; ``verify.network_checks`` chooses among them."""
