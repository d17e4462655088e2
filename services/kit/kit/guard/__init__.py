"""The guard for patients' privacy: finds what could identify a patient in a free text.

The 18 identifier classes of HIPAA's Safe Harbor, and European national numbers; patterns with cues, check digits by
python-stdnum, phones by phonenumbers. No model, no network. `check` is the way in.
"""

from kit.guard.check import ALLOW, BLOCK, HOLD, Decision, check
from kit.guard.found import Found
from kit.guard.languages import LANGUAGES, is_known

__all__ = ["ALLOW", "BLOCK", "HOLD", "LANGUAGES", "Decision", "Found", "check", "is_known"]
