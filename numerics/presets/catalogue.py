"""Every preset by name."""

from numerics.presets import li24, morwani23
from numerics.presets.preset import Preset
from theory.errors import InputError

PRESETS: dict[str, Preset] = {preset.name: preset for preset in (*li24.PRESETS, *morwani23.PRESETS)}


def load_preset(name: str) -> Preset:
    """The preset called ``name``.

    Raises:
        InputError: for an unknown name; lists the known ones.
    """
    if name not in PRESETS:
        raise InputError(f"the preset must be one of {', '.join(PRESETS)}; got {name!r}")
    return PRESETS[name]
