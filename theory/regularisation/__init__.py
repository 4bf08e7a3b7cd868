"""What the theory predicts at a finite regularisation: loss, norm and margin of the global minimisers."""

from theory.regularisation.classwise import ClasswisePrediction, predict_classwise, predict_cyclic
from theory.regularisation.closed_form import Prediction, jump, predict, predict_from_margin
from theory.regularisation.convexity import convexity_facts, jensen_gap

__all__ = [
    "ClasswisePrediction",
    "Prediction",
    "convexity_facts",
    "jensen_gap",
    "jump",
    "predict",
    "predict_classwise",
    "predict_cyclic",
    "predict_from_margin",
]
