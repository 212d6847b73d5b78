"""The live path: a batch is remembered the moment it was accepted, and a shop that crosses a threshold becomes a clue in seconds.

    kernels.py     compiled: what is remembered of the last days' trades
    looks.py       compiled: what it holds about shops, and who is tied to one
    state.py       the memory itself: it grows, forgets, is written down and read back
    reading.py     a batch's columns as rows of trades
    thresholds.py  thresholds.yaml: which counts of a shop are an alert, and which detector it calls
    keeping.py     the memory of this process: from the last snapshot, replayed, in step with the lake
    alerts.py      alerts as rows: stored with the batch, quiet about what was said before
    focus.py       a lake narrowed to what an alert is about, for the detectors' own definitions
    tasks.py       the event's handler and the jobs

An alert is an internal signal about shops. It accuses nobody, names no consumer, and is no clue: only a detector's finding becomes one.
"""
