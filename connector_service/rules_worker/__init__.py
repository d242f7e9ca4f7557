"""The process in which the rules engine in C lives: it may crash or hang without taking anything else along.

`python -m connector_service.rules_worker` serves one parent over standard input. Nothing here imports anything else of
ours, so that the process starts in the time Python itself needs.
"""
