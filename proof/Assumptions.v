(* Every theorem, the sentence of Statement.v or Beyond.v that it proves, and the axioms that its proof rests on.     *)
From FourierMargin Require Import Statement Beyond Theorems.
Check upper_bound_holds. Print Assumptions upper_bound_holds.
Check maximum_margin_holds. Print Assumptions maximum_margin_holds.
Check maximum_margin_even_holds. Print Assumptions maximum_margin_even_holds.
Check single_frequency_holds. Print Assumptions single_frequency_holds.
Check every_frequency_holds. Print Assumptions every_frequency_holds.
Check least_width_holds. Print Assumptions least_width_holds.
Check width_every_k_holds. Print Assumptions width_every_k_holds.
Check two_inputs_holds. Print Assumptions two_inputs_holds.
Check gamma_square_holds. Print Assumptions gamma_square_holds.
Check design_exists_holds. Print Assumptions design_exists_holds.
Check design_width_holds. Print Assumptions design_width_holds.
Check finite_regularisation_holds. Print Assumptions finite_regularisation_holds.
Check order_two_holds. Print Assumptions order_two_holds.
Check loss_bounds_neurons_holds. Print Assumptions loss_bounds_neurons_holds.
