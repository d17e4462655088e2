"""Keep with each credential whom it names, so that what is verified never comes from the profile that its owner edits."""

from alembic import op

revision = "0029_holder"
down_revision = "0028_checkpoint"


def upgrade() -> None:
    """Add the holder; credentials that are there name their holder as the profile does now, which is what others see.

    The version now serving adds credentials without one; those are read with what the profile says. Proofs that are out
    say no name and no specialties, so that these cannot end them.
    """
    op.execute("ALTER TABLE credential ADD COLUMN holder jsonb")
    op.execute(
        "UPDATE credential c SET holder = jsonb_build_object('name', p.name, 'profession', p.profession, 'specialties', "
        "coalesce((SELECT jsonb_agg(s ->> 'code') FROM jsonb_array_elements(p.specialties) s), '[]')) "
        "FROM person p WHERE p.id = c.person_id"
    )
    op.execute(
        "ALTER TABLE proof ADD COLUMN name_digest bytea, ADD COLUMN profession text, ADD COLUMN specialties text[]"
    )


def downgrade() -> None:
    """Forget holders."""
    op.execute("ALTER TABLE proof DROP COLUMN name_digest, DROP COLUMN profession, DROP COLUMN specialties")
    op.execute("ALTER TABLE credential DROP COLUMN holder")
