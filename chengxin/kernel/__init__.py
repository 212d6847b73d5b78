"""Clock, ids, money, masking, encryption, errors, locks, jail, search, language, papers, files: for every room. No models here."""
