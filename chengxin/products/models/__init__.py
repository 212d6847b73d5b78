"""Products, batches, certificates, codes and links; what does not fit along chains; recalls; the steps of both."""

from chengxin.audit import protection, rows
from chengxin.products.models.findings import ChainFinding, ChainRun
from chengxin.products.models.goods import Batch, Certificate, Product, ProductLink, TraceCode
from chengxin.products.models.recalls import ProductStep, Recall, RecallNotice, RecallReturn, RecallTask

__all__ = [
    "Batch",
    "Certificate",
    "ChainFinding",
    "ChainRun",
    "Product",
    "ProductLink",
    "ProductStep",
    "Recall",
    "RecallNotice",
    "RecallReturn",
    "RecallTask",
    "TraceCode",
]

WRITTEN_ONCE = (Certificate, ProductLink, RecallNotice, RecallReturn)
KEPT = {
    "products_certificate": '"id"',
    "products_productlink": '"id"',
    "products_recallnotice": '"id"',
    "products_recallreturn": '"id"',
    "products_productstep": '"id"',
}
protection.keep(**KEPT)
rows.bind(*WRITTEN_ONCE)
