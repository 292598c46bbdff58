"""Portal systems: how each lists documents. To add one, write its module and list it here.

A family is two pure functions over a page somebody else fetched: ``leads(page)``, the rows of a
list in the order printed, and ``next_pages(page)``, the further pages of the same list. Both may
be empty; neither judges titles, follows links or knows a site.
"""

from types import ModuleType
from typing import Final

from crawler.families import reference_list, trs

FAMILIES: Final[tuple[ModuleType, ...]] = (reference_list, trs)

FAMILY_NAMES: Final[tuple[str, ...]] = tuple(
    family.__name__.rpartition(".")[2] for family in FAMILIES
)
"""What a registry column may say; the module's own name."""
