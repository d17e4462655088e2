"""Keys by which similar names in lists of sanctions are found.

Lists that were imported before have none: of them equal names are found, as until now, until the list is imported again.
"""

from alembic import op

from profiles.migrations.online import build_index

revision = "0053_similar_names"
down_revision = "0052_evidence_pages"


def upgrade() -> None:
    """Add the keys and index them."""
    op.execute("ALTER TABLE sanction ADD COLUMN name_keys text[] NOT NULL DEFAULT '{}'")
    build_index("sanction_name_keys", "sanction USING gin (name_keys)")
