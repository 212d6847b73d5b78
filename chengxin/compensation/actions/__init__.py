"""What may be done in this room: each verb in one transaction with its log entry."""
