"""A ledger with the small chart, fresh for every test and for both databases: a copy, since making one takes time."""

# ruff: noqa: S608  # the statements are written here
from __future__ import annotations

import shutil

import pytest
from support.book_examples import BOB, CHART

from orchestration.ledger.store import Ledger


def with_chart(url):
    books = Ledger(url)
    books.migrate()
    books.load_accounts(CHART)
    return books


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory):
    path = tmp_path_factory.mktemp("ledger") / "empty.sqlite"
    with_chart(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def one_postgres(postgres_server):
    """One database for all tests, and how it is put back: making one for each would take longer than they do."""
    import psycopg
    from sqlalchemy import inspect

    url = postgres_server.new_database()
    books = with_chart(url)
    tables = inspect(books.sessions.engine).get_table_names()
    books.sessions.engine.dispose()
    postgres_server.sql("CREATE SCHEMA kept", url.rpartition("/")[2])
    for table in tables:
        postgres_server.sql(f"CREATE TABLE kept.{table} AS SELECT * FROM {table}", url.rpartition("/")[2])

    def put_back():
        with psycopg.connect(url) as connection:
            # only an administrator may look away from triggers, and only to clean up
            connection.execute("SET session_replication_role = replica")
            for table in tables:
                connection.execute(f"DELETE FROM {table}")
                connection.execute(f"INSERT INTO {table} SELECT * FROM kept.{table}")
                connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return url, put_back


@pytest.fixture
def postgres_books(one_postgres):
    """The URL of a fresh ledger on PostgreSQL."""
    url, put_back = one_postgres
    put_back()
    return url


@pytest.fixture
def ledger_path(tmp_path):
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(ledger_path, empty_ledger):
    shutil.copy(empty_ledger, ledger_path)
    return Ledger(f"sqlite:///{ledger_path}", roster=BOB)


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request, ledger_path, empty_ledger):
    """The URL of a fresh ledger in either database."""
    if request.param == "sqlite":
        shutil.copy(empty_ledger, ledger_path)
        return f"sqlite:///{ledger_path}"
    return request.getfixturevalue("postgres_books")


@pytest.fixture
def books(ledger_url):
    """A fresh ledger in either database."""
    opened = Ledger(ledger_url, roster=BOB)
    yield opened
    opened.sessions.engine.dispose()
