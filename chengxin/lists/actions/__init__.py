"""What may be done to lists; each verb is one transaction with its log entry."""
