"""The command line: ``python -m autodiff EXPR name=value ...`` parses, computes, and reports."""
