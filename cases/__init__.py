"""What people do with alerts: review, confirmation, case life, deadlines."""
