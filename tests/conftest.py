"""The profile for Hypothesis: no deadline, as a machine that does other work too is slow now and then.

Examples differ from run to run, so that a few each add up; tests whose faults are rare say that they need more.
"""

import os

from hypothesis import settings

os.environ.setdefault("SYMPY_GROUND_TYPES", "python")  # as users have it: gmpy2 is here for mpmath

settings.register_profile("tests", deadline=None, max_examples=30)
settings.register_profile("few", deadline=None, max_examples=5)  # --hypothesis-profile=few
settings.load_profile("tests")
