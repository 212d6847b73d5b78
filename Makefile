# Aliases of dev.py, for those whose fingers type make.
.PHONY: help run test all lint messages lock
help run test all lint messages lock:
	@python3 dev.py $@
