"""How rules get into force: versions, approval, shadow, canary, roll back, and each tenant's own layer."""
