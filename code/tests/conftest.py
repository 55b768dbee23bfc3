"""What several test modules share: a book that is built once."""

import books
import pytest


@pytest.fixture(scope="session")
def good_book(tmp_path_factory):
    """A miniature book without a fault, built."""
    folder = tmp_path_factory.mktemp("good") / "book"
    return books.build(books.write(folder, books.good_pages()))
