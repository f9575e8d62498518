"""A log in the host's own database, over any DB-API connection: SQLite and PostgreSQL.

    >>> import tempfile, caseload
    >>> from caseload import dbapi
    >>> log = dbapi.Log.sqlite(tempfile.mkdtemp() + "/host.db")
    >>> agency = caseload.open(log, zone="America/Chicago")
    >>> agency.acting_as("root").register_staff(id="maria").ids
    ('maria',)

It writes the tables `agency` and `entry` as the Rust adapters do, and no read tables. `Log.with_rows` stores rows
of the host's in the transaction of an entry: both, or neither. `Log.django` and `Log.sqlalchemy` run that
transaction where the host's own code expects it.

What is stored is as durable as the database was set up to be: in SQLite by `PRAGMA synchronous` (`Log.sqlite` sets
`FULL`), in PostgreSQL by `synchronous_commit`. SQLite should be in WAL mode, where reading waits for nobody.
"""

from caseload.dbapi._host import Connection, Write
from caseload.dbapi._log import Log
from caseload.dbapi._tables import tables

__all__ = ["Connection", "Log", "Write", "tables"]
