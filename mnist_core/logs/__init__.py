"""One format for what every process writes into its log: dashboard, scheduler and workers."""
