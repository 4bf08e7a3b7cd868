"""The papers' training figures, one preset each: their settings and ours, in seconds, in minutes, or at full size.

Importing this package does not import torch.
"""

from numerics.presets.catalogue import PRESETS as PRESETS
from numerics.presets.catalogue import load_preset as load_preset
from numerics.presets.preset import SCALES as SCALES
from numerics.presets.preset import Preset as Preset
