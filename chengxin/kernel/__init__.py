"""Clock, ids, money, masking, encryption, errors, locks, jail, search, language, papers, files: what every room stands on. No models."""
