"""Everything in the sample shop that is not goods: settings, taxes, tenders, staff, price lists."""

from __future__ import annotations

from argon2 import low_level

from evertill.core.permission import PERMISSIONS
from evertill.core.pricebook import PriceList, TimeWindow
from evertill.core.shop import (
    Customer,
    Reason,
    Role,
    Settings,
    StaffMember,
    TenderKind,
    WeightBarcode,
)
from evertill.core.tax import Tax, TaxClass, TaxTable
from evertill.lane.pins import hash_card
from sample_shop.digits import with_check_digit

SETTINGS = Settings(
    store="S1",
    names={"en": "Corner Shop", "zh": "街角小店"},
    currency="EUR",
    locale="en",
    address=("1 Market Square", "12345 Sampletown"),
    tax_number="DE000000000",
    tax_rounding="per_receipt",
    day_starts_at="04:00",
    receipt_footer={
        "en": "Thank you for shopping with us.",
        "zh": "谢谢惠顾，欢迎再来。",
    },
    weight_barcodes=(
        WeightBarcode(prefix="21", item_digits=5, holds="weight", decimals=3),
        WeightBarcode(prefix="22", item_digits=5, holds="price", decimals=2),
    ),
    favourites=(
        "bag-paper",
        "bag-cotton",
        "own-621",
        "own-622",
        "own-623",
        "own-624",
        "own-625",
        "own-626",
        "plu-301",
        "plu-302",
        "plu-314",
        "plu-316",
        "deposit-can",
        "deposit-crate",
        "newspaper",
        "sundries",
    ),
)

TAX_TABLE = TaxTable(
    taxes=(
        Tax(id="vat19", names={"en": "VAT 19 %", "zh": "增值税 19%"}, rate_ppm=190_000),
        Tax(id="vat7", names={"en": "VAT 7 %", "zh": "增值税 7%"}, rate_ppm=70_000),
        Tax(id="vat0", names={"en": "VAT 0 %", "zh": "增值税 0%"}, rate_ppm=0),
    ),
    classes=(
        TaxClass(id="standard", names={"en": "Standard rate", "zh": "标准税率"}, taxes=("vat19",)),
        TaxClass(id="reduced", names={"en": "Reduced rate", "zh": "低税率"}, taxes=("vat7",)),
        TaxClass(id="zero", names={"en": "Zero rate", "zh": "零税率"}, taxes=("vat0",)),
    ),
    rounding="per_receipt",
)

_EURO_MINOR = (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
TENDERS = (
    TenderKind(id="cash", names={"en": "Cash", "zh": "现金"}, currency="EUR", notes_minor=_EURO_MINOR),
    TenderKind(
        id="card", names={"en": "Card", "zh": "银行卡"}, currency="EUR", kind="external", opens_drawer=False
    ),
    TenderKind(
        id="voucher", names={"en": "Paper voucher", "zh": "纸质代金券"}, currency="EUR", kind="external"
    ),
)

_CASHIER = (
    "sell",
    "void_line",
    "return_with_receipt",
    "shift_open",
    "shift_close",
    "reprint",
    "park",
    "age_check",
)
_SUPERVISOR = (
    *_CASHIER,
    "discount",
    "price_override",
    "void_sale",
    "return_without_receipt",
    "drawer_open",
    "cash_move",
    "x_report",
    "approve",
)
ROLES = (
    Role(id="cashier", names={"en": "Cashier", "zh": "收银员"}, permissions=_CASHIER),
    Role(
        id="supervisor",
        names={"en": "Supervisor", "zh": "主管"},
        permissions=_SUPERVISOR,
        discount_max_ppm=200_000,
    ),
    Role(
        id="manager",
        names={"en": "Manager", "zh": "店长"},
        permissions=PERMISSIONS,
        discount_max_ppm=1_000_000,
    ),
)
_CARD_SALT = b"evertill-sample-cards"
_STAFF = (
    ("1", "Cashier 1", "cashier", "1111", "en"),
    ("2", "Cashier 2", "cashier", "2222", "zh"),
    ("5", "Supervisor", "supervisor", "5555", "en"),
    ("9", "Manager", "manager", "9999", "en"),
)

REASONS = (
    Reason(id="damaged", use="discount", names={"en": "Damaged packaging", "zh": "包装破损"}),
    Reason(id="short-dated", use="discount", names={"en": "Short-dated", "zh": "临近保质期"}),
    Reason(id="goodwill", use="discount", names={"en": "Goodwill", "zh": "优惠照顾"}),
    Reason(id="staff-discount", use="discount", names={"en": "Staff purchase", "zh": "员工购物"}),
    Reason(
        id="shelf-label", use="price", names={"en": "Shelf label shows another price", "zh": "货架标价不同"}
    ),
    Reason(id="price-match", use="price", names={"en": "Price matched", "zh": "价格匹配"}),
    Reason(id="faulty", use="return", names={"en": "Faulty or spoiled", "zh": "质量问题"}),
    Reason(id="unwanted", use="return", names={"en": "Not wanted", "zh": "顾客不想要"}),
    Reason(id="wrong-item", use="return", names={"en": "Wrong item sold", "zh": "拿错商品"}),
    Reason(id="mistake", use="void", names={"en": "Scanned by mistake", "zh": "误扫"}),
    Reason(id="left-behind", use="void", names={"en": "Customer changed their mind", "zh": "顾客改变主意"}),
    Reason(id="no-money", use="void", names={"en": "Customer could not pay", "zh": "顾客无法付款"}),
    Reason(id="change-in", use="cash", names={"en": "Change brought in", "zh": "补充零钱"}),
    Reason(id="to-safe", use="cash", names={"en": "Taken to the safe", "zh": "存入保险柜"}),
    Reason(id="petty-cash", use="cash", names={"en": "Petty cash", "zh": "零星开支"}),
    Reason(id="give-change", use="drawer", names={"en": "Changing money", "zh": "换零钱"}),
    Reason(id="check-drawer", use="drawer", names={"en": "Checking the drawer", "zh": "检查钱箱"}),
)

PRICE_LISTS = (
    PriceList(id="shop", currency="EUR", names={"en": "Shop price", "zh": "店内价"}),
    PriceList(
        id="member",
        currency="EUR",
        names={"en": "Member price", "zh": "会员价"},
        priority=10,
        groups=("member",),
    ),
    PriceList(
        id="happy-hour",
        currency="EUR",
        names={"en": "Evening bakery price", "zh": "晚间面包特价"},
        priority=20,
        window=TimeWindow(weekdays=(1, 2, 3, 4, 5, 6), from_time="18:00", to_time="20:00"),
    ),
)


def member_card(number: int) -> str:
    """The EAN-13 on a customer's card: in-store prefix 29."""
    return with_check_digit(f"29{number:010d}")


def staff_card(number: int) -> str:
    """The EAN-13 on a staff card: in-store prefix 28. A real shop draws the digits behind it by chance."""
    return with_check_digit(f"28{number:010d}")


CUSTOMERS = (
    Customer(id="m1001", name="Member 1001", codes=(member_card(1001),), groups=("member",)),
    Customer(id="m1002", name="Member 1002", codes=(member_card(1002),), groups=("member",)),
    Customer(id="m1003", name="Member 1003", codes=(member_card(1003),), groups=("member", "staff")),
    Customer(id="b2001", name="Exempt customer 2001", codes=(member_card(2001),), tax_exempt=True),
)


def staff() -> tuple[StaffMember, ...]:
    """The sample staff, named by their roles. Salts are fixed, so that the file can be made again."""
    return tuple(
        StaffMember(
            id=id_,
            name=name,
            role=role,
            pin_hash=_pin_hash(id_, pin),
            locale=locale,
            card_hash=hash_card(staff_card(int(id_)), _CARD_SALT),
        )
        for id_, name, role, pin, locale in _STAFF
    )


def _pin_hash(staff_id: str, pin: str) -> str:
    salt = f"evertill-sample-{staff_id:>4}".encode()[-16:]
    return low_level.hash_secret(
        pin.encode(),
        salt,
        time_cost=2,
        memory_cost=19_456,
        parallelism=1,
        hash_len=32,
        type=low_level.Type.ID,
    ).decode()
