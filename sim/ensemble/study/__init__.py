"""Sweeps: studies of many parameter sets that survive crashes, on one machine or on a cluster, with the same bytes.

A study file describes what is varied and what is kept (`study`, `design`); it becomes a directory (`store`) of parts (`parts`),
each a pure function of the study, which workers make (`work`) for a runner (`runner`).
"""
