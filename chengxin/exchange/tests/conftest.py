import pytest


@pytest.fixture(autouse=True)
def shared_folder(settings, tmp_path):
    """Each test has its own folder towards the upper platform."""
    settings.EXCHANGE_DIR = tmp_path / "exchange"
    settings.FILES_DIR = tmp_path / "files"
    return settings.EXCHANGE_DIR
