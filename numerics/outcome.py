"""What stands beside the numbers of a study: their provenance, and means with intervals."""

import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import torch


def provenance(device: str) -> dict[str, Any]:
    """What a number needs to be believed: format, command, commit, versions, hardware, date."""
    return {
        "format": "fourier-margin/reproduction",
        "version": 1,
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "commit": _commit(),
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("fourier-margin", "torch", "numpy", "scipy")},
        "hardware": hardware(device),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
    }


def statistics(values: list[float]) -> dict[str, Any]:
    """Number, mean, 95% confidence interval of the mean (Student), least and largest."""
    from scipy.stats import t as student

    mean = fmean(values)
    half_width = float(student.ppf(0.975, len(values) - 1)) * stdev(values) / len(values) ** 0.5
    interval = [mean - half_width, mean + half_width]
    return {"seeds": len(values), "mean": mean, "interval": interval, "least": min(values), "largest": max(values)}


def statistics_within(values: list[float], least: float = 0.0, largest: float = 1.0) -> dict[str, Any]:
    """The same for values that cannot leave a range, such as shares: the interval is cut at its ends."""
    found = statistics(values)
    return found | {"interval": [min(max(x, least), largest) for x in found["interval"]]}


def _commit() -> str | None:
    """The repository's commit, where the package lies in one."""
    command = ["git", "rev-parse", "HEAD"]
    try:
        done = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def hardware(device: str) -> str:
    """The processor, in words."""
    if device == "cuda":
        return torch.cuda.get_device_name()
    cpu = platform.processor() or platform.machine()
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else cpu}, {torch.get_num_threads()} thread(s)"
