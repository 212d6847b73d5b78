"""Clock, ids, money, masking, encryption, errors, locks, jail, search, language: what every room stands on. No models here."""
