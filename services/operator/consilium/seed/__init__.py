"""The demo network: invented people in real countries, the same at every start."""
