"""The small kit that the three services share: errors, problems, tokens, HTTP, health, logs, cursors, texts.

Nothing here knows a feature. What knows one lives in the service that owns its data.
"""
