"""One profile for Hypothesis: no deadline, as a machine that does other work too is slow now and then.

Examples differ from run to run, so that a few each add up; tests whose faults are rare say that they need more.
"""

from hypothesis import settings

settings.register_profile("tests", deadline=None, max_examples=30)
settings.load_profile("tests")
