"""Civil status register (hộ tịch): the daily change feed."""
