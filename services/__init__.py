"""Hub services: worker, stage and the batch commands; run from the checkout, never published."""
