"""Are two groups, given by their tables, the same but for the names of the elements?

An isomorphism is fixed by the images of generators.  Images are tried one generator after the other; the pairs
(element, image) that those chosen so far generate in the direct product must be as many as the elements alone, in
either group, or no isomorphism has these images.
"""

import numpy as np

from theory.groups.group import Group


def is_isomorphic(left: Group, right: Group) -> bool:
    """Whether an isomorphism exists.

    Cost: (elements of one order) per generator at worst; orders and sizes of classes are compared first.
    """
    if left.order != right.order or (_profile(left) != _profile(right)).any():
        return False
    first = [g for g in right.class_representatives.tolist() if g != right.identity]
    return _extend(left, right, [], first)


def _profile(group: Group) -> np.ndarray:
    """Order of every element and size of its class, sorted: shape (2, n)."""
    sizes = group.class_sizes[group.class_of]
    order = np.lexsort((sizes, group.element_orders))
    return np.stack([group.element_orders[order], sizes[order]])


def _extend(left: Group, right: Group, images: list[int], candidates: list[int]) -> bool:
    if len(images) == len(left.generators):
        return True
    generator = left.generators[len(images)]
    for image in candidates:
        alike = left.element_orders[generator] == right.element_orders[image]
        longer = [*images, image]
        if alike and _is_graph(left, right, longer) and _extend(left, right, longer, list(range(right.order))):
            return True
    return False


def _is_graph(left: Group, right: Group, images: list[int]) -> bool:
    """Whether generator i -> image i extends to an isomorphism of the groups that they generate."""
    n = right.order
    seen = np.zeros((left.order, n), dtype=bool)
    seen[left.identity, right.identity] = True
    reached = np.array([[left.identity, right.identity]])
    while len(reached):
        steps = [np.stack([left.table[reached[:, 0], g], right.table[reached[:, 1], h]], axis=1)
                 for g, h in zip(left.generators, images, strict=False)]  # fmt: skip
        reached = np.unique(np.concatenate(steps), axis=0)
        reached = reached[~seen[reached[:, 0], reached[:, 1]]]
        seen[reached[:, 0], reached[:, 1]] = True
    return bool((seen.sum(axis=0) <= 1).all() and (seen.sum(axis=1) <= 1).all())
