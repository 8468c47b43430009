"""The case model: pure functions of facts, reference data and an instant."""
