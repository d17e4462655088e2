"""What a request for an upload may hold."""

from __future__ import annotations

import marshmallow as ma

from kit.fields import Text, Whole


class UploadRequest(ma.Schema):
    """What is to be uploaded."""

    media_type = Text(required=True, longest=100)
    file_name = Text(load_default=None, allow_none=True, longest=255)
    bytes = Whole(-(2**31), 2**31 - 1, required=True)
