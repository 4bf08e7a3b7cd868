"""Certificates that a frequency needs many neurons: stored, searched for, and handed to the exact checker."""
