"""What the relay of audit events sends."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Texts


class Waiting(ma.Schema):
    """Acts that are not asked for."""

    except_ids = Texts(data_key="except", load_default=list, most=1000)


class Done(ma.Schema):
    """Events that were taken."""

    ids = Texts(required=True, most=1000)
