"""What a recogniser finds."""

from __future__ import annotations

from typing import NamedTuple

NAME, DATE, AGE, ADDRESS = "NAME", "DATE", "AGE_OVER_89", "ADDRESS"
PHONE, FAX, EMAIL, IP, MAC = "PHONE_NUMBER", "FAX_NUMBER", "EMAIL_ADDRESS", "IP_ADDRESS", "DEVICE_IDENTIFIER"
RECORD, PLAN, ACCOUNT = "MEDICAL_RECORD_NUMBER", "HEALTH_PLAN_NUMBER", "ACCOUNT_NUMBER"
NATIONAL, CERTIFICATE, VEHICLE, OTHER = "NATIONAL_ID", "CERTIFICATE_NUMBER", "VEHICLE_IDENTIFIER", "UNIQUE_IDENTIFIER"
LANGUAGE = "UNKNOWN_LANGUAGE"  # a number, which may be a date or an age, in a language that the guard does not know
UNCHECKED = "UNCHECKED"  # what was not looked at: more than the guard looks at in one text


class Found(NamedTuple):
    """An identifier: its class, where it stands (code points, end excluded), and whether it is beyond doubt."""

    kind: str
    start: int
    end: int
    sure: bool
