"""What every test shares: the path of the seeds, how their absence is said, patience."""

from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no failure: what a law says does not depend on how long it took.
settings.register_profile("nianbao", deadline=None)
settings.load_profile("nianbao")

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def seeds() -> Path:
    """Return the folder of real reports beside the project, or skip loudly where it is absent."""
    folder = SHARED / "seeds"
    if not folder.is_dir():
        pytest.skip(f"real reports are not here ({folder}): 800 known figures stay unchecked")
    return folder
