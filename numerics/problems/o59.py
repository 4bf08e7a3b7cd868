"""MAIS-O59: two quadratic neurons on addition modulo 5 under gradient flow, from independent normal weights."""

from collections import Counter
from typing import Any

import numpy as np

from numerics.flow.rosenbrock import integrate
from numerics.flow.square import SquareFlow
from numerics.problems.driver import Problem, Row, Settings, ranges_of_seeds
from numerics.selection.intervals import share

PURE = (0.95, 0.99)


def start(seeds: range, settings: Settings) -> np.ndarray:
    """The initial weights, (seeds, 3 m p): member i depends on its seed alone."""
    size = 3 * settings["neurons"] * settings["p"]
    return settings["tau"] * np.stack([np.random.default_rng(seed).normal(size=size) for seed in seeds])


def fractions(theta: np.ndarray, m: int, p: int) -> np.ndarray:
    """Each neuron's share of centred energy by frequency, (N, m, p // 2)."""
    waves = np.fft.fft(theta.reshape(len(theta), m, 3, p), axis=3)[..., 1 : p // 2 + 1]
    energy = (np.abs(waves) ** 2).sum(2)
    return energy / energy.sum(2, keepdims=True)


def rows(settings: Settings, part: list[int]) -> list[Row]:
    """One row per seed, at the end of its flow."""
    seeds, p, m = range(*part), settings["p"], settings["neurons"]
    flow = SquareFlow(p, m)
    ended = integrate(
        flow.field, flow.jacobian, start(seeds, settings), settings["time"],
        rtol=settings["rtol"], atol=settings["atol"], most_steps=settings["most_steps"],
    )  # fmt: skip
    theta = ended.values
    shares, loss, margin = fractions(theta, m, p), flow.loss(theta), flow.margins(theta)
    slope, norm = np.linalg.norm(flow.field(theta), axis=1), np.linalg.norm(theta, axis=1)
    return [
        {
            "seed": seed, "time": float(ended.time[i]), "steps": int(ended.steps[i]),
            "rejected": int(ended.rejected[i]), "arrived": bool(ended.time[i] >= settings["time"]),
            "loss": float(loss[i]), "margin": float(margin[i]), "slope": float(slope[i]), "norm": float(norm[i]),
            "shares": shares[i, :, 0].tolist(),
        }
        for i, seed in enumerate(seeds)
    ]  # fmt: skip


def kind(row: Row, pure: float) -> str:
    """Which frequency each neuron is pure for at that level, ``1`` or ``2``, or ``-``."""
    return "".join("1" if x >= pure else "2" if 1 - x >= pure else "-" for x in row["shares"])


def table(settings: Settings, rows: list[Row]) -> str:
    """Counts with exact 95% intervals."""
    from scipy.stats import binomtest

    n, lines = len(rows), []
    solved = [row for row in rows if row["margin"] > 0]
    lines += [
        f"{n} seeds from {rows[0]['seed']} to {rows[-1]['seed']}; {sum(row['arrived'] for row in rows)} reached time "
        f"{settings['time']:g}. Shares with exact 95% intervals (Clopper-Pearson).",
        "",
        "| outcome | seeds | share | 95% |",
        "|---|---:|---:|---|",
        _line("all 25 answers right (margin above 0)", len(solved), n),
    ]
    for pure in PURE:
        kinds = Counter(kind(row, pure) for row in rows)
        same, other = kinds["11"] + kinds["22"], kinds["12"] + kinds["21"]
        lines.append(_line(f"both neurons pure at {pure}, same frequency", same, n))
        lines.append(_line(f"both neurons pure at {pure}, different frequencies", other, n))
        lines.append(_line(f"not both pure at {pure}", n - same - other, n))
    lines.append(_line(f"right, and not both pure at {PURE[0]}", sum("-" in kind(r, PURE[0]) for r in solved), n))
    ones = sum(kind(row, PURE[0]) == "11" for row in rows)
    twos = sum(kind(row, PURE[0]) == "22" for row in rows)
    if ones + twos:
        value = float(binomtest(ones, ones + twos).pvalue)
        lines += ["", f"Symmetry makes 11 and 22 equally likely: {ones} and {twos}, exact binomial p = {value:.3f}."]
    lines += ["", "Losses and shares of the networks that answer all inputs, by their loss to three digits:", ""]
    lines += [
        "| loss | seeds | 95% of all | dominant shares (median of the larger, of the smaller) |",
        "|---|---:|---|---|",
    ]
    groups: dict[str, list[Any]] = {}
    for row in solved:
        groups.setdefault(f"{row['loss']:.2e}", []).append(sorted(max(x, 1 - x) for x in row["shares"])[::-1])
    for loss, found in sorted(groups.items(), key=lambda item: -len(item[1]))[:8]:
        low, high = share(len(found), n)["interval"]
        large, small = np.median(np.array(found), axis=0)
        lines.append(f"| {loss} | {len(found)} | {low:.3f} to {high:.3f} | {large:.3f}, {small:.3f} |")
    return "\n".join(lines) + "\n"


def _line(text: str, count: int, n: int) -> str:
    found = share(count, n)
    low, high = found["interval"]
    return f"| {text} | {count} | {found['share']:.4f} | {low:.4f} to {high:.4f} |"


PROBLEM = Problem(ranges_of_seeds, rows, table)
