"""Every finite group: tables, characters, real representations, the maximum margin, exact networks."""

from theory.groups.catalogue import load_group as load_group
from theory.groups.group import Group as Group
