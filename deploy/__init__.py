"""What runs the hub on one machine: the embedded Kafka. Production brings its own Kafka."""
