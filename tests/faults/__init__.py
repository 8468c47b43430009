"""`make faults`: what connectors lose when they, the brokers or both are killed, paused and away."""
