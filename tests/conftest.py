"""What every test shares: the path of the seeds, and how their absence is said."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def seeds() -> Path:
    """Return the folder of real reports beside the project, or skip loudly where it is absent."""
    folder = SHARED / "seeds"
    if not folder.is_dir():
        pytest.skip(f"real reports are not here ({folder}): 800 known figures stay unchecked")
    return folder
