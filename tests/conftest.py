"""One profile for Hypothesis: no deadline, as a machine that does other work too is slow now and then."""

from hypothesis import settings

settings.register_profile("tests", deadline=None)
settings.load_profile("tests")
